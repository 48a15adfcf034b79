using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The best lists of each query by queries · centroids + bias, best first. Order: score descending, then list ascending;
/// what is not a number is the worst score, as -infinity. For L2 the bias is -|centroid|² / 2.
/// </summary>
/// <remarks>
/// Tolerance of a score: D * 2^-23 times the sum of |products|. A query's lists and scores have the same bits whatever
/// queries are beside it, however many threads run, and with or without <see cref="CentroidPanels"/>.
/// </remarks>
public readonly record struct ProbeArgs
{
    /// <summary>[Q, D] float32.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[L, D] float32.</summary>
    public required Tensor<float> Centroids { get; init; }

    /// <summary>
    /// The same centroids as <see cref="RowPanels.Of"/> lays them out; no tensor to have them laid out in every call,
    /// which costs as much as some twenty queries.
    /// </summary>
    public Tensor<float> CentroidPanels { get; init; }

    /// <summary>[L] float32, or no tensor for zero.</summary>
    public Tensor<float> CentroidBias { get; init; }

    /// <summary>[Q, P] int32, overwritten; P is at most L.</summary>
    public required Tensor<int> Lists { get; init; }

    /// <summary>[Q, P] float32, overwritten with the scores of these lists; no tensor when they are not wanted.</summary>
    public Tensor<float> Scores { get; init; }
}
