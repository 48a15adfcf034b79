namespace Argent.Bench;

/// <summary>What the evaluation of filtered search is told.</summary>
sealed record PassRateOptions
{
    /// <summary>Generated items.</summary>
    public int Items { get; init; } = 1_000_000;

    /// <summary>Lists of every inverted file.</summary>
    public int NList { get; init; } = 1024;

    /// <summary>Queries, each asked alone.</summary>
    public int Queries { get; init; } = 64;

    /// <summary>The folder of the rivals' scripts; null without rivals.</summary>
    public string? RivalsFolder { get; init; }
}
