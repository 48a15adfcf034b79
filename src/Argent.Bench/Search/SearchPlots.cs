using Argent.Data;

namespace Argent.Bench;

/// <summary>The plots of the search benchmark, made of its rows.</summary>
static class SearchPlots
{
    // Room for "argent, batches of 512".
    const double NameWidth = 150;

    /// <summary>Adds every plot whose rows were measured.</summary>
    public static void Add(BenchmarkRun run)
    {
        Add(run, "qps-recall", "Searches a second against recall, k 100, one thread", SearchCurves.RecallGroup,
            new Curve(r => r.Recall!.Value, "recall@100", r => r.PerSecond, "searches a second", Name));
        Add(run, "latency-batch", "Latency of a batch against its size, k 100, one thread", SearchCurves.BatchGroup,
            new Curve(
                r => r.Settings["batch"], "queries of a batch", r => r.MicrosecondsEach * r.Settings["batch"] / 1e3, "ms a batch",
                r => r.Engine));
        Add(run, "time-k", "Time of a search against k, one query, one thread", LongAnswers.Group,
            new Curve(r => r.Settings["k"], "k", r => r.MicrosecondsEach / 1e3, "ms a search", Lists));
        Add(run, "qps-items", "Searches a second against items, recall@100 >= .95, one thread", CatalogueSizes.Group,
            new Curve(r => r.Settings["items"], "items", r => r.PerSecond, "searches a second", Name));
    }

    static void Add(BenchmarkRun run, string file, string title, string group, Curve curve)
    {
        var rows = run.Rows.Where(r => r.Group == group).ToList();
        double[] xs = [.. rows.Select(curve.X).Distinct()];
        // A line needs two points.
        if (xs.Length < 2) return;
        bool isRecall = xs.Max() <= 1;
        var x = isRecall
            ? PlotAxis.Linear(curve.XTitle, Math.Floor(xs.Min() * 10) / 10, 1, "0.0#")
            : PlotAxis.Log(curve.XTitle, xs.Min(), xs.Max(), "0.###");
        var plot = new SvgPlot(title, x, PlotAxis.Log(curve.YTitle, rows.Min(curve.Y), rows.Max(curve.Y), "0.###"), NameWidth);
        plot.Lines([.. rows.GroupBy(curve.Name).Select(line =>
            (line.Key, (IReadOnlyList<(double, double)>)[.. line.Select(r => (curve.X(r), curve.Y(r))).OrderBy(p => p.Item1)]))]);
        run.Add(new BenchmarkPlot(file, title, plot.ToDocument()));
    }

    static string Name(BenchmarkRow row) => row.Settings["batch"] == 1
        ? row.Engine
        : FormattableString.Invariant($"{row.Engine}, batches of {row.Settings["batch"]}");

    static string Lists(BenchmarkRow row) => FormattableString.Invariant($"{row.Settings["nprobe"]} lists");

    sealed record Curve(
        Func<BenchmarkRow, double> X, string XTitle, Func<BenchmarkRow, double> Y, string YTitle, Func<BenchmarkRow, string> Name);
}
