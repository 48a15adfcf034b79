namespace Argent.Model;

/// <summary>How the candidates of several heads become one list.</summary>
public enum MergeKind
{
    /// <summary>Items that any head keeps, by their best score.</summary>
    Union,

    /// <summary>Items that every head keeps, by the sum of their scores.</summary>
    Intersection,

    /// <summary>Items that any head keeps, by the weighted sum of their scores.</summary>
    WeightedSum,

    /// <summary>The best item of every head, then the second best of every head, ..., as many in all as one head keeps.</summary>
    RoundRobin,

    /// <summary>Items that any head keeps, by the score that a registered <see cref="MergeOperator"/> gives them.</summary>
    Custom,
}

/// <summary>How the heads of a request are merged.</summary>
public sealed record MergeConfig
{
    /// <summary>Which items, and their order.</summary>
    public MergeKind Kind { get; init; }

    /// <summary>Weight of each head for <see cref="MergeKind.WeightedSum"/>; null for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; init; }

    /// <summary>The name that the merge of <see cref="MergeKind.Custom"/> is registered by; null for all others.</summary>
    public string? Operator { get; init; }

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="ArgumentException">The message says what.</exception>
    internal void Check(int heads)
    {
        if (!Enum.IsDefined(Kind)) throw new ArgumentException($"{Kind} is no merge.");
        if (Weights is not null && Kind != MergeKind.WeightedSum) throw new ArgumentException($"A merge of kind {Kind} has no weights.");
        if (Weights is not null && Weights.Count != heads) throw new ArgumentException($"{Weights.Count} merge weights for {heads} heads.");
        if (Weights?.Any(w => !float.IsFinite(w)) == true) throw new ArgumentException("A merge weight is not finite.");
        if (Operator is null == (Kind == MergeKind.Custom))
        {
            throw new ArgumentException("A merge of kind Custom, and no other, names its operator.");
        }
    }
}
