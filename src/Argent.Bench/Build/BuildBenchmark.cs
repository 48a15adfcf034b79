using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;

namespace Argent.Bench;

/// <summary>From vectors to an artifact: k-means beside Faiss, and publishing step by step.</summary>
/// <param name="options">What is built.</param>
sealed class BuildBenchmark(BuildOptions options) : IBenchmark
{
    const int DefaultItems = 1_000_000, QuickItems = 100_000, GoalItems = 10_000_000;

    /// <inheritdoc/>
    public string Name => "build";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters =>
    [
        ("items", options.Items == 0 ? "default" : options.Items.ToString(CultureInfo.InvariantCulture)),
        ("lists of k-means", options.NList.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        int items = options.Items > 0 ? options.Items : run.Options.IsQuick ? QuickItems : DefaultItems;
        VectorSet vectors;
        using (var workers = new Workers(run.Options.Threads))
        {
            vectors = VectorSet.Generated(new Mixture { Items = items, Seed = run.Options.Seed }, run, workers);
        }
        using (var comparison = new KMeansComparison(vectors, options, run))
        {
            Compare(run, comparison, threads: 1, wanted: 1.5);
            if (run.Options.Threads > 1) Compare(run, comparison, threads: 2, wanted: 2);
        }
        Publish(run, vectors);
    }

    static void Compare(BenchmarkRun run, KMeansComparison comparison, int threads, double wanted)
    {
        run.Progress.Step(FormattableString.Invariant($"k-means of {comparison.Count:N0} rows, {threads} threads"), 2, "engines");
        using var rivals = Rivals(run, threads);
        var (own, rival) = comparison.Measure(run, threads, rivals);
        run.Progress.Done(FormattableString.Invariant($"{own.WallMs / 1e3:0.00} s"));
        string note = rivals is null ? "Faiss was not found" : rivals.IsRebuilt("faiss-ivfflat")
            ? "Faiss with AVX2, medians of wall times"
            : "the distribution's Faiss, without AVX2: the figure flatters this engine";
        string name = FormattableString.Invariant($"k-means, {threads} threads: ");
        run.Add(new GoalResult
        {
            Name = name + "times Faiss",
            Wanted = wanted,
            Unit = "x",
            Measured = rival?.WallMs / own.WallMs,
            Note = note,
        });
        run.Add(new GoalResult
        {
            Name = name + "mean squared distance, share of Faiss's",
            Wanted = 1,
            IsAtLeast = false,
            Unit = "x",
            Measured = own.Figures["objective"] / rival?.Figures["objective"],
            Note = note,
        });
    }

    static RivalProcess? Rivals(BenchmarkRun run, int threads)
    {
        if (RivalProcess.FindFolder() is not { } folder) return null;
        try
        {
            var rivals = RivalProcess.Start(folder, ("OPENBLAS_NUM_THREADS", threads.ToString(CultureInfo.InvariantCulture)));
            if (rivals.Has("faiss-ivfflat")) return rivals;
            rivals.Dispose();
            return null;
        }
        catch (RivalException e)
        {
            run.Note($"No rival: {e.Message}.");
            return null;
        }
    }

    static void Publish(BenchmarkRun run, VectorSet vectors)
    {
        string folder = Path.Combine(vectors.Folder, $"publish-{Environment.ProcessId}");
        try
        {
            using var workers = new Workers(run.Options.Threads);
            var ids = new long[vectors.Count];
            for (int i = 0; i < ids.Length; i++) ids[i] = i;
            var source = PublishSource.FromVectors(
                "bench", new Catalogue(ItemIds.FromSorted(ids), null, []), vectors.Items, vectors.Metric);
            PublishResult? result = null;
            var timing = run.Clock.Time(() => result = Publisher.Publish(
                source, new PublishOptions { Seed = run.Options.Seed }, folder, CpuKernels.Create(workers), run.Progress));
            AddPublished(run, vectors, timing, result!);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    static void AddPublished(BenchmarkRun run, VectorSet vectors, Timing timing, PublishResult result)
    {
        var report = result.Report;
        double recall = report.Recall.Points.First(p => p.NProbe == report.Recall.DefaultNProbe).At100;
        double peak = Environment.WorkingSet;
        using (var process = System.Diagnostics.Process.GetCurrentProcess()) peak = Math.Max(peak, process.PeakWorkingSet64);
        var figures = new Dictionary<string, double>
        {
            ["nprobe"] = report.Recall.DefaultNProbe,
            ["peak resident GB"] = peak / 1e9,
        };
        foreach (var step in result.Steps) figures.Add(step.Name + " s", step.Duration.TotalSeconds);
        run.Add(Row(run, "publish", timing, vectors.Count, report) with { Recall = recall, Figures = figures });
        bool isGoal = vectors.Count >= GoalItems;
        string note = FormattableString.Invariant($"{vectors.Count:N0} x {vectors.Dim}, {report.Lists.NList:N0} lists, ")
            + FormattableString.Invariant($"{report.Recall.DefaultNProbe} probes; ")
            + (isGoal ? "the peak is that of this process, k-means comparison included" : "the goal is for --items 10000000");
        Goal("publish 10,000,000 items: minutes", 30, "min", timing.WallSeconds / 60, isAtLeast: false);
        Goal("publish 10,000,000 items: peak resident memory", 12, "GB", peak / 1e9, isAtLeast: false);
        Goal("publish 10,000,000 items: recall@100", 0.95, "", recall, isAtLeast: true);

        void Goal(string name, double wanted, string unit, double measured, bool isAtLeast) => run.Add(new GoalResult
        {
            Name = name,
            Wanted = wanted,
            IsAtLeast = isAtLeast,
            Unit = unit,
            Measured = isGoal ? measured : null,
            Note = note,
        });
    }

    static BenchmarkRow Row(BenchmarkRun run, string group, Timing timing, int items, PublishReport report) =>
        BenchmarkRun.RowOf(group, items, "items", run.Options.Threads, ("items", items), ("lists", report.Lists.NList)) with
        {
            Engine = "argent",
            Rounds = 1,
            WallMs = timing.WallSeconds * 1e3,
            CpuMs = timing.CpuSeconds * 1e3,
            WallMsLeast = timing.WallSeconds * 1e3,
        };
}
