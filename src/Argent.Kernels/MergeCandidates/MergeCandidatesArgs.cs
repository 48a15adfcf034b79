using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The union of what the heads of a request kept: merged[b] holds every slot that any of its heads found, once, in the order
/// in which they first appear when heads are read one after the other, best first.
/// </summary>
/// <remarks>Exact. There is room for all, so nothing is cut and no score is looked at.</remarks>
public readonly record struct MergeCandidatesArgs
{
    /// <summary>[B * H, K] int32 slots of each head, those found first; what lies behind them means nothing.</summary>
    public required Tensor<int> Slots { get; init; }

    /// <summary>[B * H] int32 slots found, in [0, K].</summary>
    public required Tensor<int> Found { get; init; }

    /// <summary>[B, H * K] int32, overwritten: distinct slots, then <see cref="FusedScanArgs.NoSlot"/>.</summary>
    public required Tensor<int> Merged { get; init; }

    /// <summary>[B] int32, overwritten: distinct slots of each request.</summary>
    public required Tensor<int> Counts { get; init; }
}
