namespace Argent.Model;

/// <summary>Where a ranking takes the items' embeddings from.</summary>
public enum RankingEmbeddings
{
    /// <summary>The embedding cache, by slot.</summary>
    Cached,

    /// <summary>The item tower, computed anew from the items' values: the same scores, for comparison.</summary>
    Computed,
}

/// <summary>One request for the scores of given items for a user.</summary>
public sealed record RankingRequest
{
    /// <summary>Who asks.</summary>
    public UserInput User { get; init; } = new();

    /// <summary>
    /// Item ids, up to <see cref="ModelLimits.RankedItemsMax"/>; an id that stands there twice is scored twice.
    /// </summary>
    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>Filter text; items that do not match are declared and not scored. Null or empty is TRUE.</summary>
    public string? Filter { get; init; }

    /// <summary>Value formula; null for the model's own.</summary>
    public string? Value { get; init; }

    /// <summary>True for the best first, false for the order of <see cref="Items"/>.</summary>
    public bool Sort { get; init; }

    /// <summary>The most items of the answer, best first; null for all of them.</summary>
    public int? K { get; init; }

    /// <summary>Where the items' embeddings come from.</summary>
    public RankingEmbeddings Embeddings { get; init; }

    /// <summary>Time allowed, in milliseconds from arrival; null for the server's default.</summary>
    public double? DeadlineMs { get; init; }
}
