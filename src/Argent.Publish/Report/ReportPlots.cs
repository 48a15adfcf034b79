using System.Globalization;
using Argent.Data;

namespace Argent.Publish;

/// <summary>The two plots of a report.</summary>
static class ReportPlots
{
    const int BinsMax = 32;

    /// <summary>Recall against probes.</summary>
    public static string Recall(RecallReport recall)
    {
        var points = recall.Points;
        // One rung only: an axis needs two ends.
        double first = points[0].NProbe, last = Math.Max(points[^1].NProbe, first * 2);
        var ticks = new List<(double, string)>();
        for (double at = first; at <= last; at *= 2) ticks.Add((at, at.ToString("0", CultureInfo.InvariantCulture)));
        var plot = new SvgPlot(
            "Recall against the number of lists probed",
            new PlotAxis("lists probed", first, last, ticks, IsLog: true),
            RecallAxis(points.Min(p => Math.Min(p.At10, p.At100))));
        plot.Mark(recall.DefaultNProbe, "default", isAtTop: false);
        // The two lines end close to each other near 1.
        bool upper = points[^1].At10 >= points[^1].At100;
        plot.Line("first", "recall@10", [.. points.Select(p => ((double)p.NProbe, p.At10))], upper ? -5 : 9);
        plot.Line("second", "recall@100", [.. points.Select(p => ((double)p.NProbe, p.At100))], upper ? 9 : -5);
        return plot.ToString();
    }

    /// <summary>From a round number below the lowest recall to 1.</summary>
    static PlotAxis RecallAxis(double lowest)
    {
        double step = lowest switch { < 0.5 => 0.2, < 0.8 => 0.1, _ => 0.05 };
        int steps = Math.Max(1, (int)Math.Ceiling((1 - lowest) / step - 1e-9));
        var ticks = Enumerable.Range(0, steps + 1).Select(i => 1 - i * step);
        return new PlotAxis(
            "recall", 1 - steps * step, 1, [.. ticks.Select(at => (at, at.ToString("0.00", CultureInfo.InvariantCulture)))]);
    }

    /// <summary>How many lists have how many items.</summary>
    public static string Sizes(ListsReport lists)
    {
        int span = lists.Largest - lists.Smallest + 1, width = Math.Max(1, (span + BinsMax - 1) / BinsMax);
        int[] bins = new int[(span + width - 1) / width];
        foreach (int size in lists.Sizes) bins[(size - lists.Smallest) / width]++;
        var x = PlotAxis.Linear("items in a list", 0, lists.Smallest + (double)bins.Length * width, "0.#");
        // Room for the mark's text above the highest bar.
        var plot = new SvgPlot("Sizes of the lists", x, PlotAxis.Linear("lists", 0, bins.Max() * 1.1, "0.#"));
        for (int b = 0; b < bins.Length; b++)
        {
            if (bins[b] == 0) continue;
            int from = lists.Smallest + b * width, to = from + width;
            string range = width == 1 ? Number(from) : $"{Number(from)} to {Number(to - 1)}";
            plot.Bar(from, to, bins[b], $"{range} items: {Number(bins[b])} {(bins[b] == 1 ? "list" : "lists")}");
        }
        plot.Mark(lists.Mean, "mean", isAtTop: true);
        return plot.ToString();
    }

    static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
