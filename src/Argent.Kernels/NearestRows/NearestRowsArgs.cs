using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// For each row the row of a table whose row · table + bias is largest: k-means' nearest centroid. Either every row meets
/// the whole table, or rows come in groups and each group meets its own candidates only.
/// </summary>
/// <remarks>
/// Every product is one chain of fused multiply-adds over D in ascending order, then the bias: all variants and any number
/// of threads give equal bits. Equal scores go to the lower row of the table; what is not a number is never chosen, and
/// where nothing else is there the answer is the first candidate with -infinity.
/// </remarks>
public readonly record struct NearestRowsArgs
{
    /// <summary>[N, D] float32.</summary>
    public required Tensor<float> Rows { get; init; }

    /// <summary>[L, D] float32, L at least 1.</summary>
    public required Tensor<float> Table { get; init; }

    /// <summary>[L] float32, or no tensor for zero. Euclidean distance is the bias -|table row|² / 2.</summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>[G + 1] int32 bounds of the groups in <see cref="Members"/>, or no tensor: every row meets the whole table.</summary>
    public Tensor<int> GroupStart { get; init; }

    /// <summary>[M] int32 rows in the order of their groups, no row twice.</summary>
    public Tensor<int> Members { get; init; }

    /// <summary>[G, C] int32 rows of the table that each group meets, ascending.</summary>
    public Tensor<int> Candidates { get; init; }

    /// <summary>[N] int32, overwritten; with groups at their members only.</summary>
    public required Tensor<int> Nearest { get; init; }

    /// <summary>[N] float32 the largest score, overwritten like <see cref="Nearest"/>, or no tensor.</summary>
    public Tensor<float> Best { get; init; }
}
