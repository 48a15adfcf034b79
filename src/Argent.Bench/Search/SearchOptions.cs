using Argent.Model;

namespace Argent.Bench;

/// <summary>What <see cref="SearchBenchmark"/> is told beside the options of all benchmarks.</summary>
sealed record SearchOptions
{
    /// <summary>Generated items; ignored when <see cref="ItemsPath"/> names a file.</summary>
    public int Items { get; init; } = 1_000_000;

    /// <summary>Queries, at least 1.</summary>
    public int Queries { get; init; } = 512;

    /// <summary>Lists of every inverted file.</summary>
    public int NList { get; init; } = 1024;

    /// <summary>Generated catalogues for throughput against their size; none leaves that part out.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [100_000, 1_000_000];

    /// <summary>A file of item vectors in the place of generated ones, or null.</summary>
    public string? ItemsPath { get; init; }

    /// <summary>The file of query vectors that goes with it, or null.</summary>
    public string? QueriesPath { get; init; }

    /// <summary>How the vectors of files are compared; generated ones are compared by the inner product.</summary>
    public Metric Metric { get; init; }

    /// <summary>Folder of the rivals' scripts; null measures this engine alone.</summary>
    public string? RivalsFolder { get; init; }

    /// <summary>True when graph indexes take part: building them takes minutes to an hour the first time.</summary>
    public bool HasGraphs { get; init; }
}
