namespace Argent.Data;

/// <summary>The events of one task, by user: those of user u are entries [Start[u], Start[u + 1]).</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Start">[users + 1] bounds.</param>
/// <param name="ItemRows">Item rows of the catalogue; in time order where there is time, else ascending.</param>
/// <param name="Times">Unix seconds, parallel to the items, or null.</param>
public sealed record Interactions(string Task, int[] Start, int[] ItemRows, long[]? Times)
{
    /// <summary>Number of users.</summary>
    public int Users => Start.Length - 1;

    /// <summary>Number of events.</summary>
    public int Count => ItemRows.Length;

    /// <summary>The item rows of a user.</summary>
    public ReadOnlySpan<int> Of(int user) => ItemRows.AsSpan(Start[user], Start[user + 1] - Start[user]);
}
