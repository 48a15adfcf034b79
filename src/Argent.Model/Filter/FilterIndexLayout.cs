namespace Argent.Model;

/// <summary>
/// Where each feature's values are in a filter index: bitmap rows of their own, rows of codes for ordered features, or
/// Bloom terms.
/// </summary>
/// <param name="FirstExactRow">
/// By feature: the bitmap row of value id 0, the others follow in order of id; for an ordered feature the row of its
/// codes' lowest bit; -1 when the values are Bloom terms or, for an ordered feature, not in the index.
/// </param>
/// <param name="ExactRows">Bitmap rows and rows of codes in all.</param>
/// <param name="HashCount">Bloom rows that each term sets.</param>
public sealed record FilterIndexLayout(int[] FirstExactRow, int ExactRows, int HashCount)
{
    /// <summary>By feature: the cuts of its codes; null for a feature without codes. Null when no feature has any.</summary>
    public IReadOnlyList<OrderedCuts?>? Cuts { get; init; }

    /// <summary>The cuts of an ordered feature that is in the index, or null.</summary>
    public OrderedCuts? CutsOf(int feature) => FirstExactRow[feature] >= 0 ? Cuts?[feature] : null;
}
