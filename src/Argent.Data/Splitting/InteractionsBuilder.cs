namespace Argent.Data;

/// <summary>Collects the events of a task user by user.</summary>
sealed class InteractionsBuilder(string task, int users, bool hasTimes)
{
    readonly int[] _start = new int[users + 1];
    readonly List<int> _items = [];
    readonly List<long>? _times = hasTimes ? [] : null;
    int _user;

    /// <summary>One more event of the current user; the time is dropped where the task has none.</summary>
    public void Add(int item, long time)
    {
        _items.Add(item);
        _times?.Add(time);
    }

    /// <summary>The current user is complete; the next one begins.</summary>
    public void EndUser() => _start[++_user] = _items.Count;

    /// <summary>All events.</summary>
    public Interactions Build() => new(task, _start, [.. _items], _times?.ToArray());
}
