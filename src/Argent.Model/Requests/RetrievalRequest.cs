namespace Argent.Model;

/// <summary>One user as a request describes it; every part is optional.</summary>
public sealed record UserInput
{
    /// <summary>The user's id, for a model that has user id embeddings.</summary>
    public string? Id { get; init; }

    /// <summary>Item ids by task, oldest first. Ids that the model has never seen are skipped.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? History { get; init; }

    /// <summary>User features by name.</summary>
    public IReadOnlyDictionary<string, string>? Features { get; init; }

    /// <summary>Query vectors, one per head, each of D numbers: skips the user tower.</summary>
    public IReadOnlyList<float[]>? Vectors { get; init; }
}

/// <summary>One request for the best items of a user.</summary>
public sealed record RetrievalRequest
{
    /// <summary>Who asks.</summary>
    public UserInput User { get; init; } = new();

    /// <summary>Items wanted, 1 to the model's limit.</summary>
    public int K { get; init; } = 100;

    /// <summary>Filter text; null or empty is TRUE.</summary>
    public string? Filter { get; init; }

    /// <summary>Item ids that must not be returned.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>The only item ids that may be returned; null for all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>
    /// Lists to probe first; 0 for the model's default. More are probed while fewer than K items are eligible; under a
    /// filter, while they are fewer than K and a margin.
    /// </summary>
    public int NProbe { get; init; }

    /// <summary>
    /// Candidates that each head's scan keeps beyond K; K and they are scored exactly, and the best K of them returned.
    /// 0 scores only the K that the int8 scan puts first. Null for the model's default: a quarter of K, at least 64, up to
    /// <see cref="ModelLimits.RescoreMarginMax"/>.
    /// </summary>
    public int? Rescore { get; init; }

    /// <summary>Value formula; null for the model's own.</summary>
    public string? Value { get; init; }

    /// <summary>
    /// How the list is composed, as the JSON of a <see cref="BlendConfig"/>; <c>{}</c> leaves the order of the values. Null for
    /// the model's own.
    /// </summary>
    public string? Blend { get; init; }

    /// <summary>
    /// Whether the answer says of each item how it came there. A predictor adds that behind the pass; who runs passes
    /// himself asks the model to. Items wanted are then at most <see cref="ModelLimits.ExplainedItemsMax"/>.
    /// </summary>
    public bool Explain { get; init; }

    /// <summary>Time allowed, in milliseconds from arrival; null for the server's default.</summary>
    public double? DeadlineMs { get; init; }
}
