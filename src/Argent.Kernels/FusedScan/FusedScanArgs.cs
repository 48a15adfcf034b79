using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Scores every live, eligible item of the probed lists and keeps the best K of each query.
/// </summary>
/// <remarks>
/// Source: SilverTorch (arXiv 2511.14881) 4.2, fused int8 search, and 4.3, co-design with the filter.
/// Score: (float)dot * (itemScale[slot] * queryScale[q]) + bias[slot], each step rounded to float32, never fused, so
/// that every implementation returns equal bits; dot is an exact int32 sum (127 * 127 * D fits while D &lt; 133,000);
/// codes of items lie in [-127, 127], as <see cref="QuantizeRowsArgs"/> makes them. A score that is not a number, or
/// below float.MinValue, is never returned.
/// Order: score descending, then item row ascending (rows are in item id order).
/// Eligibility is exact: the mask of the filter index may include items that do not match, never omits one that does;
/// every item that can reach the top K is verified against the forward values before it counts.
/// </remarks>
public readonly record struct FusedScanArgs()
{
    /// <summary>Marks an unfilled place in <see cref="Slots"/>.</summary>
    public const int NoSlot = -1;

    /// <summary>[Q, Dp] int8 quantised queries; Dp is D rounded up to 64, padding is zero.</summary>
    public required Tensor<sbyte> Queries { get; init; }

    /// <summary>[Q] float32, dequantisation factor of each query.</summary>
    public required Tensor<float> QueryScales { get; init; }

    /// <summary>[Q, P] int32 lists to scan, each in [0, L) or negative for none; a list appears at most once in a row.</summary>
    public required Tensor<int> Lists { get; init; }

    /// <summary>The lists.</summary>
    public required IvfTensors Index { get; init; }

    /// <summary>Bloom and bitmap words; null when the artifact has no features, then every program must be verified only.</summary>
    public required FilterWords? Words { get; init; }

    /// <summary>Exact values for verification; null when the artifact has no features.</summary>
    public required ForwardValues? Forward { get; init; }

    /// <summary>The filter of each query, at least Q entries; null means every live item is eligible.</summary>
    public required QueryFilter?[] Filters { get; init; }

    /// <summary>[Q, K] float32, overwritten, best first; -infinity where unfilled.</summary>
    public required Tensor<float> Scores { get; init; }

    /// <summary>
    /// [Q, K] int32 slots parallel to <see cref="Scores"/>, <see cref="NoSlot"/> where unfilled; or no tensor, which saves a
    /// look-up per item. An item that is removed while the scan runs is left out only where slots are asked for.
    /// </summary>
    public Tensor<int> Slots { get; init; }

    /// <summary>[Q, K] int32 item rows parallel to <see cref="Scores"/>, -1 where unfilled; or no tensor.</summary>
    public Tensor<int> ItemRows { get; init; }

    /// <summary>[Q] int32, overwritten: filled places.</summary>
    public required Tensor<int> Found { get; init; }

    /// <summary>
    /// [Q] int64, overwritten: eligible items seen. Exact when <see cref="Found"/> is below K or the filter needs no
    /// verification; otherwise it counts the live items that pass the mask, or the program where that comes first, or are
    /// on an allow-list of rows: it errs towards too many.
    /// </summary>
    public required Tensor<long> EligibleSeen { get; init; }

    /// <summary>
    /// Queries of one request, which follow one another and have one filter; Q is a multiple of it. They are scanned together where
    /// that divides the work evenly, since they share lists and the filter's masks. Every value gives equal bits.
    /// </summary>
    public int Heads { get; init; } = 1;

    /// <summary>The way through the lists; every way gives equal bits.</summary>
    public ScanPath Path { get; init; }

    /// <summary>
    /// From this many survivors of 64 slots on, all 64 are scored in order, below it the survivors are picked: 1 to 65, or
    /// 0 for what was measured to be best. Both ways give equal bits.
    /// </summary>
    public int RunMin { get; init; }
}

/// <summary>In which order a batch's queries and lists are scanned.</summary>
public enum ScanPath
{
    /// <summary>List by list where enough queries of the batch share lists, otherwise query by query.</summary>
    Auto,

    /// <summary>Each query's lists, nearest first.</summary>
    QueryMajor,

    /// <summary>Each list once for all queries of a group that probe it.</summary>
    ListMajor,
}
