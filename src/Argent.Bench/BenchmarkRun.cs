using Argent.Data;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>One run of a benchmark: its options, the machine's limits, and what has been found so far.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="progress">What long work reports to.</param>
sealed class BenchmarkRun(BenchmarkOptions options, Progress progress)
{
    // Sixteen times the third-level cache of the machines that this was written for.
    const long LimitBufferBytes = 512L << 20, QuickLimitBufferBytes = 128L << 20;

    readonly List<BenchmarkRow> _rows = [];
    readonly List<GoalResult> _goals = [];
    readonly List<string> _notes = [];
    readonly List<BenchmarkPlot> _plots = [];
    MachineLimits? _limits;

    /// <summary>What was asked for.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>What long work reports to; it ends the work when the run is cancelled.</summary>
    public Progress Progress => progress;

    /// <summary>The clocks.</summary>
    public RunClock Clock { get; init; } = RunClock.System;

    /// <summary>The machine's limits, measured when they are first asked for; a benchmark that reports shares asks first.</summary>
    public MachineLimits Limits => _limits ??= MeasureLimits();

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<BenchmarkRow> Rows => _rows;

    /// <summary>The plots so far.</summary>
    public IReadOnlyList<BenchmarkPlot> Plots => _plots;

    /// <summary>Measures contenders against each other; their rows are added and returned in the same order.</summary>
    public IReadOnlyList<BenchmarkRow> Compare(params IReadOnlyList<(IContender Contender, BenchmarkRow Row)> entries)
    {
        var times = Rounds.Measure([.. entries.Select(e => e.Contender)], options.Rounds);
        var rows = entries.Zip(times, (entry, time) => entry.Row with
        {
            Engine = entry.Contender.Engine,
            Rounds = time.Count,
            WallMs = time.WallMs,
            CpuMs = time.CpuMs,
            WallMsLeast = time.WallMsLeast,
        }).ToList();
        _rows.AddRange(rows);
        progress.Advance(rows.Count);
        return rows;
    }

    /// <summary>A row that is to be measured: everything but the times.</summary>
    public static BenchmarkRow RowOf(
        string group, double units, string unit, int threads, params ReadOnlySpan<(string Name, double Value)> settings)
    {
        var named = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in settings) named.Add(name, value);
        return new BenchmarkRow
        {
            Group = group,
            Engine = "",
            Settings = named,
            Threads = threads,
            Rounds = 0,
            WallMs = 0,
            CpuMs = 0,
            WallMsLeast = 0,
            Units = units,
            Unit = unit,
        };
    }

    /// <summary>A row that was measured in another way.</summary>
    public void Add(BenchmarkRow row) => _rows.Add(row);

    /// <summary>A row with more figures takes the place of itself.</summary>
    public void Replace(BenchmarkRow row, BenchmarkRow by) => _rows[_rows.IndexOf(row)] = by;

    /// <summary>A goal and its figure.</summary>
    public void Add(GoalResult goal) => _goals.Add(goal);

    /// <summary>A sentence for the reader of the results.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>A plot.</summary>
    public void Add(BenchmarkPlot plot) => _plots.Add(plot);

    /// <summary>Everything so far.</summary>
    public BenchmarkReport Report(IBenchmark benchmark, IKernels kernels)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in benchmark.Parameters) parameters.Add(name, value);
        return new BenchmarkReport
        {
            Benchmark = benchmark.Name,
            Machine = MachineDescription.Here(kernels),
            Parameters = parameters,
            Limits = _limits,
            Rows = _rows,
            Goals = _goals,
            Notes = _notes,
        };
    }

    MachineLimits MeasureLimits()
    {
        progress.Step("measure the machine's limits", 1, "machine");
        var limits = MachineLimits.Measure(options.Threads, options.IsQuick ? QuickLimitBufferBytes : LimitBufferBytes, Clock);
        progress.Done(FormattableString.Invariant(
            $"read {limits.ReadOneCore / 1e9:0.0} GB/s, int8 {limits.Int8Best / 1e9:0} G/s, FMA {limits.Fma / 1e9:0} GFLOP/s"));
        return limits;
    }
}

/// <summary>A plot of the results.</summary>
/// <param name="Name">File name without its ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Svg">The whole SVG document.</param>
sealed record BenchmarkPlot(string Name, string Title, string Svg);
