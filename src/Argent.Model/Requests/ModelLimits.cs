namespace Argent.Model;

/// <summary>
/// The largest requests that a model takes; passing one is an error that names it. <see cref="FilterLimits"/> and
/// <see cref="ValueLimits"/> are those of the two languages.
/// </summary>
public sealed record ModelLimits
{
    /// <summary>Items of a request.</summary>
    public int KMax { get; init; } = 100_000;

    /// <summary>Ids in <c>exclude</c>.</summary>
    public int ExcludeMax { get; init; } = 100_000;

    /// <summary>Ids in <c>only</c>.</summary>
    public int OnlyMax { get; init; } = 100_000;

    /// <summary>Characters of one id.</summary>
    public int IdTextMax { get; init; } = 1_024;

    /// <summary>Item ids in all histories of a user together.</summary>
    public int HistoryMax { get; init; } = 10_000;

    /// <summary>User features of a request.</summary>
    public int UserFeaturesMax { get; init; } = 256;

    /// <summary>
    /// Candidates that the scan keeps beyond K for exact rescoring, at most; unless a request says how many, it keeps a
    /// quarter of K more, at least 64. The int8 scan swaps neighbours only near the cut: of real image descriptors a
    /// sixteenth of K gave all but one in 50,000 of the items that 4,096 more gave, an eighth gave all.
    /// </summary>
    public int RescoreMarginMax { get; init; } = 4_096;

    /// <summary>Items of an answer that explains each of them; see <see cref="RetrievalRequest.Explain"/>.</summary>
    public int ExplainedItemsMax { get; init; } = 1_000;

    /// <summary>Ids in <c>items</c> of a ranking request.</summary>
    public int RankedItemsMax { get; init; } = 200_000;

    /// <summary>Compiled filters, and compiled formulas, that are remembered.</summary>
    public int CachedPrograms { get; init; } = 1_024;
}
