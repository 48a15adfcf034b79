namespace Argent.Model;

/// <summary>A ranking request that was checked and compiled by <see cref="RankingModel.Prepare"/>.</summary>
public sealed class RankingQuery
{
    internal RankingQuery() { }

    /// <summary>The user, the filter and the formula, as a retrieval has them.</summary>
    internal RetrievalQuery Asked { get; init; } = null!;

    /// <summary>The ids as they were given.</summary>
    internal IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>The row of each id, -1 for one that the catalogue lacks.</summary>
    internal int[] Rows { get; init; } = [];

    /// <summary>The most items of the answer.</summary>
    internal int K { get; init; }

    /// <summary>Whether the best come first.</summary>
    internal bool IsSorted { get; init; }

    /// <summary>Whether the item tower computes the embeddings.</summary>
    internal bool IsComputed { get; init; }

    /// <summary>Ids that the request names.</summary>
    public int Count => Rows.Length;

    /// <summary>When the answer is due, a timestamp of the model's clock; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline => Asked.Deadline;
}
