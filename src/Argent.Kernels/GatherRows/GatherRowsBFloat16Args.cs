using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Copies rows of a bfloat16 table by index, widened without loss: rows[i] = table[indices[i]].</summary>
/// <remarks>For serving: what is precomputed of items by slot. Equal bits on every variant.</remarks>
/// <exception cref="ArgumentOutOfRangeException">An index is S or more.</exception>
public readonly record struct GatherRowsBFloat16Args
{
    /// <summary>[S, I] bfloat16.</summary>
    public required Tensor<BFloat16> Table { get; init; }

    /// <summary>[n] int32, each in [0, S), or negative for a row of zeros.</summary>
    public required Tensor<int> Indices { get; init; }

    /// <summary>[n, I] float32, overwritten.</summary>
    public required Tensor<float> Rows { get; init; }
}
