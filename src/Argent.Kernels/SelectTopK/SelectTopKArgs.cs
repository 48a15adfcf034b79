using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The best K of each row of scores. Order: score, then second score descending, then tie ascending. NaN is never selected.
/// </summary>
public readonly record struct SelectTopKArgs
{
    /// <summary>[B, C] float32; -infinity marks an empty place and is never selected.</summary>
    public required Tensor<float> Scores { get; init; }

    /// <summary>[B, C] float32 that orders equal scores, higher first, NaN last; or no tensor when the tie does.</summary>
    public Tensor<float> Seconds { get; init; }

    /// <summary>[B, C] int32 that orders what is still equal, lower first; or no tensor for the position.</summary>
    public Tensor<int> Ties { get; init; }

    /// <summary>[B, K] float32, overwritten, best first; -infinity where unfilled.</summary>
    public required Tensor<float> Top { get; init; }

    /// <summary>[B, K] int32 positions in the row, or -1 where unfilled.</summary>
    public required Tensor<int> Positions { get; init; }
}
