namespace Argent.Bench;

/// <summary>What the filter benchmark is told.</summary>
sealed record FilterBenchOptions
{
    /// <summary>Generated items.</summary>
    public int Items { get; init; } = 1_000_000;

    /// <summary>Lists of every inverted file.</summary>
    public int NList { get; init; } = 1024;

    /// <summary>Lists that a search scans.</summary>
    public int NProbe { get; init; } = 32;

    /// <summary>Queries, each asked alone after the caches were emptied.</summary>
    public int Queries { get; init; } = 32;

    /// <summary>The folder of the rivals' scripts; null without rivals.</summary>
    public string? RivalsFolder { get; init; }
}
