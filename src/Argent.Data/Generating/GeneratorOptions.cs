namespace Argent.Data;

/// <summary>How large a generated data set is, and which one of its kind.</summary>
public sealed record GeneratorOptions
{
    /// <summary>Name of the data set.</summary>
    public string Name { get; init; } = "generated";

    /// <summary>Number of items, 100 or more.</summary>
    public int Items { get; init; } = 20_000;

    /// <summary>Number of users, 1 or more.</summary>
    public int Users { get; init; } = 30_000;

    /// <summary>Mean number of items that a user meets; each is saved, rated or both.</summary>
    public int EventsPerUser { get; init; } = 27;

    /// <summary>Which data set: equal seeds give equal bytes.</summary>
    public ulong Seed { get; init; } = 1;
}
