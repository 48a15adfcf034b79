using System.Globalization;
using System.Net;
using System.Text;

namespace Argent.Publish;

/// <summary>A report as one HTML page that needs nothing else: no scripts, no fonts, no network.</summary>
static class ReportPage
{
    const string Style = """
        :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6472; --paper: #fcfcfa; --line: #d9dde3; --a: #1f6feb; --b: #b3541e; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8eaee; --soft: #a4adba; --paper: #14171c; --line: #333a44; --a: #6ea8fe; --b: #f0a35e; }
        }
        body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }
        body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } p { color: var(--soft); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); }
        th:first-child, td:first-child { text-align: left; } tr.chosen td { font-weight: 600; }
        svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 12px; }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .mark { stroke: var(--soft); stroke-dasharray: 4 4; }
        .line { fill: none; stroke-width: 2; } .line.first { stroke: var(--a); } .line.second { stroke: var(--b); }
        .dot.first { fill: var(--a); } .dot.second { fill: var(--b); }
        svg .name.first { fill: var(--a); } svg .name.second { fill: var(--b); }
        .bar { fill: var(--a); }
        """;

    /// <summary>The page.</summary>
    public static string Of(PublishReport report)
    {
        var page = new StringBuilder();
        string name = WebUtility.HtmlEncode(report.Name);
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{name}: publish report</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>{name}</h1>\n");
        Add(page, $"<p>{report.Items:N0} items of {report.Dim} dimensions, metric {report.Metric}, seed {report.Seed}.</p>\n");
        Recall(page, report.Recall);
        Lists(page, report);
        Filter(page, report.Filter);
        Parts(page, report);
        return page.Append("</body>\n</html>\n").ToString();
    }

    static void Recall(StringBuilder page, RecallReport recall)
    {
        string asked = recall.Origin == "users"
            ? "queries of real users"
            : "items that were asked for their neighbours";
        Add(page, $"<h2>Recall</h2>\n<p>Share of the exact best 10 and best 100 that the index finds, ");
        Add(page, $"over {recall.Queries} {asked}.</p>\n");
        page.Append(ReportPlots.Recall(recall));
        page.Append("<table>\n<tr><th>lists probed</th><th>items scanned</th><th>recall@10</th><th>recall@100</th></tr>\n");
        foreach (var point in recall.Points)
        {
            bool isDefault = point.NProbe == recall.DefaultNProbe;
            page.Append(isDefault ? "<tr class=\"chosen\">" : "<tr>");
            Add(page, $"<td>{point.NProbe:N0}{(isDefault ? " (default)" : "")}</td><td>{point.ScannedShare:P1}</td>");
            Add(page, $"<td>{point.At10:0.0000}</td><td>{point.At100:0.0000}</td></tr>\n");
        }
        page.Append("</table>\n");
    }

    static void Lists(StringBuilder page, PublishReport report)
    {
        var lists = report.Lists;
        Add(page, $"<h2>List sizes</h2>\n<p>{lists.NList:N0} lists of {lists.Smallest:N0} to {lists.Largest:N0} items, ");
        Add(page, $"median {lists.Median:N0}; the largest has {lists.LargestRatio:0.00} times the mean. ");
        Add(page, $"{lists.Moved:N0} items are not in their nearest list, because it was full. ");
        Add(page, $"{lists.Slots - report.Items:N0} of {lists.Slots:N0} slots are spare.</p>\n");
        page.Append(ReportPlots.Sizes(lists));
        Add(page, $"<p>Centroids were trained on {lists.SampleRows:N0} items; mean squared distance by round: ");
        page.AppendJoin(", ", lists.Objective.Select(o => o.ToString("G4", CultureInfo.InvariantCulture))).Append(". ");
        Add(page, $"int8 codes are off by {report.Quantization.RelativeError:P2} of a vector's deviation from the mean.</p>\n");
    }

    static void Filter(StringBuilder page, FilterReport? filter)
    {
        if (filter is null) return;
        page.Append("<h2>Filter index</h2>\n<table>\n");
        Row(page, "features with exact bitmaps", $"{Names(filter.BitmapFeatures)}");
        Row(page, "features with ordered codes", $"{Names(filter.CodeFeatures)}");
        Row(page, "features with Bloom terms", $"{Names(filter.BloomFeatures)}");
        double bits = filter.BitmapRows + filter.MeanBloomRows;
        Row(page, "bits per slot", $"{bits:0.0} ({filter.BitmapRows} bitmap, {filter.MeanBloomRows:0.0} Bloom)");
        Row(page, "rows read per Bloom term", $"{filter.HashCount}");
        Row(page, "false-positive rate declared", $"{filter.DeclaredRate}");
        Row(page, "false-positive rate measured", $"{filter.MeasuredRate:0.000000} over {filter.MeasuredTerms} terms");
        page.Append("</table>\n");
    }

    static void Parts(StringBuilder page, PublishReport report)
    {
        page.Append("<h2>Memory</h2>\n<table>\n<tr><th>part</th><th>size</th><th>bytes per item</th></tr>\n");
        foreach (var part in report.Parts)
        {
            Add(page, $"<tr><td>{part.File}</td><td>{ReportText.Bytes(part.Bytes)}</td><td>{part.BytesPerItem:0.0}</td></tr>\n");
        }
        long total = report.Parts.Sum(p => p.Bytes);
        Add(page, $"<tr class=\"chosen\"><td>all</td><td>{ReportText.Bytes(total)}</td>");
        Add(page, $"<td>{(double)total / report.Items:0.0}</td></tr>\n</table>\n");
    }

    static void Row(StringBuilder page, string name, FormattableString value) =>
        page.Append("<tr><td>").Append(name).Append("</td><td>")
            .Append(value.ToString(CultureInfo.InvariantCulture)).Append("</td></tr>\n");

    static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : WebUtility.HtmlEncode(string.Join(", ", names));

    static void Add(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture));
}
