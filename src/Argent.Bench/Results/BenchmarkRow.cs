namespace Argent.Bench;

/// <summary>One engine at one setting: a line of the results.</summary>
sealed record BenchmarkRow
{
    /// <summary>What is compared, the heading of the table that the row stands in: "time against k".</summary>
    public required string Group { get; init; }

    /// <summary>Who: <c>argent</c>, <c>faiss-ivfflat</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The setting, in the order in which it is shown: k, batch, nprobe, items.</summary>
    public required IReadOnlyDictionary<string, double> Settings { get; init; }

    /// <summary>Threads that the engine may use.</summary>
    public required int Threads { get; init; }

    /// <summary>Timed rounds that the medians are of.</summary>
    public required int Rounds { get; init; }

    /// <summary>Wall time of a round, median, in milliseconds.</summary>
    public required double WallMs { get; init; }

    /// <summary>Processor time of a round, median, in milliseconds.</summary>
    public required double CpuMs { get; init; }

    /// <summary>Wall time of the fastest round in milliseconds.</summary>
    public required double WallMsLeast { get; init; }

    /// <summary>What a round does, counted: queries, items, multiplications.</summary>
    public required double Units { get; init; }

    /// <summary>What is counted, in the plural.</summary>
    public required string Unit { get; init; }

    /// <summary>Share of the exact best that was found; null where nothing is searched.</summary>
    public double? Recall { get; init; }

    /// <summary>Figures that belong to this row alone, by name: shares of a limit, ratios, bytes.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>Units in a second by wall time.</summary>
    public double PerSecond => WallMs > 0 ? Units / WallMs * 1e3 : 0;

    /// <summary>Units in a second of processor time.</summary>
    public double PerCpuSecond => CpuMs > 0 ? Units / CpuMs * 1e3 : 0;

    /// <summary>Microseconds of wall time for one unit.</summary>
    public double MicrosecondsEach => Units > 0 ? WallMs * 1e3 / Units : 0;
}
