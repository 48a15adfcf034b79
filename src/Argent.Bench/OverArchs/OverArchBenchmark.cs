using System.Text.Json;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Bench;

/// <summary>
/// The learned scorers on one thread, as a served request runs them: item sides gathered by slot from a bfloat16 table,
/// weights in bfloat16, candidates in batches that stay in the cache; beside the peak of the core and beside float64.
/// </summary>
sealed class OverArchBenchmark : IBenchmark
{
    const int WarmRuns = 8, Checked = 500;

    static readonly OverArchSetting[] _settings =
    [
        new("mlp", """{ "projection": 128, "hidden": [256, 128] }""", 100_000),
        new("mlp", """{ "projection": 16, "hidden": [32] }""", 100_000),
        new("mol", """{ "userComponents": 8, "itemComponents": 8, "componentDim": 64, "gateHidden": 128 }""", 20_000),
        new("mol", """{ "userComponents": 8, "itemComponents": 8, "componentDim": 32, "gateHidden": 64 }""", 20_000),
        new("mol", """{ "userComponents": 4, "itemComponents": 4, "componentDim": 32, "gateHidden": 64 }""", 20_000),
        new("attention", """{ "projection": 16, "width": 32, "heads": 4, "blocks": 2, "feedForward": 64 }""", 1_000),
    ];

    /// <inheritdoc/>
    public string Name => "overarch";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => [("threads", "1")];

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        _ = run.Limits;
        // The last processor: the first one serves most interrupts.
        PinnedThread.Run(Environment.ProcessorCount - 1, () =>
        {
            using var workers = new Workers(1);
            var kernels = CpuKernels.Create(workers);
            double? wide = WidePeak.Measure(run.Clock);
            double peak = wide ?? run.Limits.Fma;
            run.Note(FormattableString.Invariant(
                $"Shares are of {peak / 1e9:0} GFLOP/s, this core's peak with {(wide is null ? 256 : 512)}-bit multiply-adds; ")
                + FormattableString.Invariant($"with 256-bit ones it does {run.Limits.Fma / 1e9:0}. ")
                + "They count the products of dense layers and of components alone; all else takes time and counts nothing.");
            foreach (var setting in run.Options.IsQuick ? [_settings[0], _settings[2]] : _settings) Measure(run, kernels, setting, peak);
        });
    }

    static void Measure(BenchmarkRun run, IKernels kernels, OverArchSetting setting, double peak)
    {
        using var scoring = new OverArchScoring(setting, kernels, run.Options.IsQuick ? 100_000 : 1_000_000, run.Options.Seed);
        var contender = new LocalContender("argent", run.Clock, scoring.Run);
        // Code is compiled again once it has run some times, beside the work: what it was before must not count.
        for (int i = 0; i < WarmRuns; i++) contender.Run();
        var row = run.Compare([(contender, BenchmarkRun.RowOf(
            $"{setting.Kind} {setting.Options}", setting.Candidates, "candidates", 1, ("candidates", setting.Candidates)))])[0];
        // The median of processor time: on a machine that does other work beside, the clock on the wall counts that as well.
        double share = scoring.Flops / row.CpuMs * 1e3 / peak;
        var figures = new Dictionary<string, double>
        {
            ["cpu ms"] = row.CpuMs,
            ["ms, best round"] = row.WallMsLeast,
            ["GFLOP/s of cpu"] = scoring.Flops / row.CpuMs / 1e6,
            ["share of FMA peak"] = share,
        };
        run.Replace(row, row with { Figures = figures });
        if (ReferenceEquals(setting, _settings[0])) AddShare(run, share);
        if (ReferenceEquals(setting, _settings[2])) AddTime(run, row.CpuMs);
        if (scoring.LargestError(Checked) is not { } error) return;
        figures["largest error, millionths"] = error * 1e6;
        run.Add(new GoalResult
        {
            Name = $"{setting.Kind} {setting.Options}: largest error beside float64",
            Wanted = OverArchScoring.Tolerance * 1e6,
            IsAtLeast = false,
            Unit = "millionths of 1 + |logit|",
            Measured = error * 1e6,
            Note = $"{Checked} candidates, float64 over the same bfloat16 weights and item sides",
        });
    }

    static void AddShare(BenchmarkRun run, double share) => run.Add(new GoalResult
    {
        Name = "MLP, 100,000 candidates: share of the FMA peak",
        Wanted = 60,
        Unit = "%",
        Measured = 100 * share,
        Note = "one core, of the widest multiply-adds that the processor has, gathering and all, by processor time",
    });

    static void AddTime(BenchmarkRun run, double milliseconds) => run.Add(new GoalResult
    {
        Name = "mixture of logits, 8 x 8 components of 64, 20,000 candidates",
        Wanted = 25,
        IsAtLeast = false,
        Unit = "ms",
        Measured = milliseconds,
        Note = "one core, two tasks, slots anywhere in the table, by processor time",
    });
}

/// <summary>One scorer and how much it scores.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Options">Its options as JSON.</param>
/// <param name="Candidates">Candidates of the request.</param>
sealed record OverArchSetting(string Kind, string Options, int Candidates)
{
    /// <summary>The scorer over weights of its own.</summary>
    public OverArch Create(OverArchShape shape, OverArchWeights weights)
    {
        shape = shape with { Options = JsonDocument.Parse(Options).RootElement };
        return Kind switch
        {
            "mlp" => new MlpOverArch(shape, weights),
            "mol" => new MolOverArch(shape, weights),
            _ => new AttentionOverArch(shape, weights),
        };
    }
}
