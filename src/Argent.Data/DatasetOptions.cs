namespace Argent.Data;

/// <summary>How a data set is read.</summary>
public sealed record DatasetOptions
{
    /// <summary>What is used when nothing is said.</summary>
    public static DatasetOptions Default { get; } = new();

    /// <summary>The share of a file's rows that may be bad and are then skipped, 0 to 1; past it reading fails.</summary>
    public double MaxBadRows { get; init; } = 0.001;
}
