namespace Argent.Bench;

/// <summary>What is built.</summary>
sealed record BuildOptions
{
    /// <summary>Generated items that are published; 0 for 1,000,000, or 100,000 for a look.</summary>
    public int Items { get; init; }

    /// <summary>Lists of the comparison of k-means.</summary>
    public int NList { get; init; } = 1024;

    /// <summary>Rows of its sample, at most.</summary>
    public int Sample { get; init; } = 262_144;

    /// <summary>Rounds of the rival's k-means; this engine takes those that it publishes with, for an objective as low.</summary>
    public int KMeansRounds { get; init; } = 10;
}
