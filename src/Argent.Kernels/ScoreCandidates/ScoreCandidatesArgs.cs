using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Exact scores of candidates: scores[b, c, h] = queries[b * H + h] · embeddings[slots[b, c]] + bias[slot]. This is the
/// rescoring step: it removes the error of the int8 scan, up to the bfloat16 rounding of the cache.
/// </summary>
/// <remarks>Tolerance: float32 sums in any order, |error| at most D * 2^-23 * sum of |products|.</remarks>
public readonly record struct ScoreCandidatesArgs
{
    /// <summary>[B * H, D] float32.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[S, D] bfloat16: the embedding cache by slot.</summary>
    public required Tensor<BFloat16> Embeddings { get; init; }

    /// <summary>[S] float32, added to every head's score, or no tensor for zero.</summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>[B, C] int32 slots, negative for none.</summary>
    public required Tensor<int> Slots { get; init; }

    /// <summary>[B, C, H] float32, overwritten; -infinity where there is no slot.</summary>
    public required Tensor<float> Scores { get; init; }
}
