using System.Globalization;
using System.Text.Json.Nodes;
using Argent.Data;

namespace Argent.Cli;

/// <summary>The figures that a ranking is judged by.</summary>
/// <param name="Recall20">Share of the held-out items among the first 20.</param>
/// <param name="Recall100">Share of the held-out items among the first 100.</param>
/// <param name="Ndcg100">NDCG over the first 100.</param>
/// <param name="Coverage20">Share of the catalogue that anybody sees among the first 20.</param>
/// <param name="Coverage100">Share of the catalogue that anybody sees among the first 100.</param>
sealed record Ranking(double Recall20, double Recall100, double Ndcg100, double Coverage20, double Coverage100)
{
    /// <summary>Half the widths of the recalls' 95 % intervals over users; null for fewer than two users.</summary>
    public (double? At20, double? At100) Margins { get; init; }

    /// <summary>Items that are asked for.</summary>
    public const int K = 100;

    /// <summary>Metrics that have the figures.</summary>
    public static RankingMetrics Metrics(int items) => new(items, 20, K);

    /// <summary>The figures of all users that were added.</summary>
    public static Ranking Of(RankingMetrics metrics) => new(
        metrics.Recall(20), metrics.Recall(K), metrics.Ndcg(K), metrics.Coverage(20), metrics.Coverage(K))
    {
        Margins = (metrics.RecallMargin(20), metrics.RecallMargin(K)),
    };

    /// <summary>A recall with its interval, as tables have it.</summary>
    public static string WithMargin(double recall, double? margin) =>
        string.Create(CultureInfo.InvariantCulture, $"{recall:0.0000}") +
        (margin is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ± {margin:0.0000}"));

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["recall@20"] = Recall20,
        ["recall@100"] = Recall100,
        ["recallMargin@20"] = Margins.At20,
        ["recallMargin@100"] = Margins.At100,
        ["ndcg@100"] = Ndcg100,
        ["coverage@20"] = Coverage20,
        ["coverage@100"] = Coverage100,
    };
}
