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
    /// <summary>Items that are asked for.</summary>
    public const int K = 100;

    /// <summary>Metrics that have the figures.</summary>
    public static RankingMetrics Metrics(int items) => new(items, 20, K);

    /// <summary>The figures of all users that were added.</summary>
    public static Ranking Of(RankingMetrics metrics) => new(
        metrics.Recall(20), metrics.Recall(K), metrics.Ndcg(K), metrics.Coverage(20), metrics.Coverage(K));

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["recall@20"] = Recall20,
        ["recall@100"] = Recall100,
        ["ndcg@100"] = Ndcg100,
        ["coverage@20"] = Coverage20,
        ["coverage@100"] = Coverage100,
    };
}
