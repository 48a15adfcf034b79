using Argent.Data;

namespace Argent.Bench;

/// <summary>The plot of the filter benchmark.</summary>
static class FilterPlots
{
    // Room for "faiss-ivfflat, bitmap selector".
    const double NameWidth = 200;

    /// <summary>Time of a filtered search against the share of the catalogue that passes.</summary>
    public static void Add(BenchmarkRun run)
    {
        var rows = run.Rows.Where(r =>
            r.Group == FilterBenchmark.SearchGroup && r.Settings["k"] == 100 && r.Settings["bitmaps only"] == 0).ToList();
        if (rows.Count == 0) return;
        double X(BenchmarkRow row) => row.Settings["pass %"];
        double Y(BenchmarkRow row) => row.MicrosecondsEach;
        var plot = new SvgPlot(
            "Time of a filtered search against its pass rate, k 100, cold caches",
            PlotAxis.Log("% of the items that pass", rows.Min(X), rows.Max(X), "0.###"),
            PlotAxis.Log("us a search", rows.Min(Y), rows.Max(Y), "0.###"),
            NameWidth);
        plot.Lines([.. rows.GroupBy(r => r.Engine).Select(line =>
            (line.Key, (IReadOnlyList<(double, double)>)[.. line.Select(r => (X(r), Y(r))).OrderBy(p => p.Item1)]))]);
        run.Add(new BenchmarkPlot("filter-pass-rate", "Time of a filtered search against its pass rate", plot.ToDocument()));
    }
}
