using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;

namespace Argent.Cli;

/// <summary>One weight of one measure: means over users.</summary>
/// <param name="Kind">The measure; null for the order of values.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Recall">Share of the held-out items in the list.</param>
/// <param name="Ndcg">NDCG of the list.</param>
/// <param name="Value">Mean value of the items.</param>
/// <param name="Coverage">Share of the catalogue that anybody sees.</param>
/// <param name="Distance">Intra-list distance.</param>
/// <param name="Distinct">Different values by feature.</param>
sealed record BlendPoint(
    DiversityKind? Kind, double Weight, double Recall, double Ndcg, double Value, double Coverage, double Distance, double[] Distinct)
{
    /// <summary>The measure's name.</summary>
    public string Name => Kind?.ToString().ToUpperInvariant() ?? "by value";
}

/// <summary>Relevance against diversity.</summary>
sealed record BlendReport(
    string Artifact, int Users, int K, int Pool, int Window, IReadOnlyList<string> Features, IReadOnlyList<BlendPoint> Points)
{
    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["artifact"] = Artifact,
        ["users"] = Users,
        ["k"] = K,
        ["pool"] = Pool,
        ["window"] = Window,
        ["points"] = new JsonArray([.. Points.Select(p =>
        {
            var json = new JsonObject
            {
                ["measure"] = p.Name,
                ["weight"] = p.Weight,
                ["recall"] = p.Recall,
                ["ndcg"] = p.Ndcg,
                ["meanValue"] = p.Value,
                ["coverage"] = p.Coverage,
                ["distance"] = p.Distance,
            };
            for (int f = 0; f < Features.Count; f++) json["distinct " + Features[f]] = p.Distinct[f];
            return json;
        })]),
    };

    /// <summary>For a person: a Markdown table.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(Text($"{Artifact}: {Users:N0} users, lists of {K} out of {Pool} candidates, windows of {Window}"));
        text.AppendLine();
        string[] names =
        [
            "measure", "weight", $"recall@{K}", $"ndcg@{K}", "mean value", "coverage", "distance", .. Features.Select(f => f + "s"),
        ];
        text.AppendLine("| " + string.Join(" | ", names) + " |");
        text.AppendLine("|" + string.Concat(names.Select((_, i) => i == 0 ? " --- |" : " ---: |")));
        foreach (var p in Points)
        {
            text.Append(Text($"| {p.Name} | {p.Weight} | {p.Recall:0.0000} | {p.Ndcg:0.0000} | {p.Value:0.0000} "));
            text.Append(Text($"| {p.Coverage:0.000} | {p.Distance:0.000} |"));
            text.AppendLine(string.Concat(p.Distinct.Select(d => Text($" {d:0.00} |"))));
        }
        return text.ToString();
    }

    /// <summary>Writes JSON, table and plots to a folder.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.json"), ToJson().ToJsonString(CommandRun.Json) + "\n");
        string[] plots = ["distance", .. Features];
        string images = string.Concat(plots.Select(p => $"\n![recall against {p}](recall-{p}.svg)\n"));
        File.WriteAllText(Path.Combine(folder, "results.md"), "# argent eval blend\n\n" + ToText() + images);
        Plot(folder, "distance", "intra-list distance", p => p.Distance, "0.00");
        for (int f = 0; f < Features.Count; f++)
        {
            int feature = f;
            Plot(folder, Features[f], $"different values of {Features[f]} in a list", p => p.Distinct[feature], "0.0");
        }
    }

    void Plot(string folder, string name, string title, Func<BlendPoint, double> diversity, string format)
    {
        var x = PlotAxis.Linear(title, Points.Min(diversity), Points.Max(diversity), format);
        var y = PlotAxis.Linear($"recall@{K}", Math.Floor(Points.Min(p => p.Recall) * 50) / 50, Points.Max(p => p.Recall), "0.00");
        var plot = new SvgPlot($"Recall against {title}", x, y);
        // Every line starts at the order of the values, which is any measure without weight.
        plot.Lines([.. Points.Where(p => p.Kind is not null).GroupBy(p => p.Name).Select(line => (
            line.Key, (IReadOnlyList<(double, double)>)[.. line.Prepend(Points[0]).Select(p => (diversity(p), p.Recall))]))]);
        File.WriteAllText(Path.Combine(folder, $"recall-{name}.svg"), plot.ToDocument());
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
