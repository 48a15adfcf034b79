using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The best lists of each query by queries · centroids + bias, best first. Order: score descending, then list ascending.
/// For L2 the bias is -|centroid|² / 2.
/// </summary>
public readonly record struct ProbeArgs
{
    /// <summary>[Q, D] float32.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[L, D] float32.</summary>
    public required Tensor<float> Centroids { get; init; }

    /// <summary>[L] float32, or no tensor for zero.</summary>
    public Tensor<float> CentroidBias { get; init; }

    /// <summary>[Q, L] float32 working memory.</summary>
    public required Tensor<float> ListScores { get; init; }

    /// <summary>[Q, P] int32, overwritten; P is at most L.</summary>
    public required Tensor<int> Lists { get; init; }
}
