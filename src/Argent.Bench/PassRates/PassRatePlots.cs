using Argent.Data;

namespace Argent.Bench;

/// <summary>The plots of filtered search over pass rates, for k 100.</summary>
static class PassRatePlots
{
    // Room for "faiss-ivfflat, bitmap selector".
    const double NameWidth = 200;

    /// <summary>Recall and time against the share of the items that pass.</summary>
    public static void Add(BenchmarkRun run)
    {
        var rows = run.Rows.Where(r => r.Group == "k 100").ToList();
        double Pass(BenchmarkRow row) => row.Settings["pass %"];
        double least = Math.Min(.9, rows.Min(r => r.Recall!.Value));
        var recall = PlotAxis.Linear("recall@100", Math.Floor(10 * least) / 10, 1, "0.00");
        var time = PlotAxis.Log("us a search", rows.Min(r => r.MicrosecondsEach), rows.Max(r => r.MicrosecondsEach), "0.###");
        Add(run, rows, "recall-pass-rate", "Recall of a filtered search against its pass rate, k 100", recall, r => r.Recall!.Value);
        Add(run, rows, "time-pass-rate", "Time of a filtered search against its pass rate, k 100", time, r => r.MicrosecondsEach);

        void Add(BenchmarkRun run, List<BenchmarkRow> rows, string name, string title, PlotAxis y, Func<BenchmarkRow, double> value)
        {
            var plot = new SvgPlot(title, PlotAxis.Log("% of the items that pass", rows.Min(Pass), rows.Max(Pass), "0.###"), y, NameWidth);
            plot.Lines([.. rows.GroupBy(r => r.Engine).Select(line =>
                (line.Key, (IReadOnlyList<(double, double)>)[.. line.Select(r => (Pass(r), value(r))).OrderBy(p => p.Item1)]))]);
            run.Add(new BenchmarkPlot(name, title, plot.ToDocument()));
        }
    }
}
