using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Copies rows by index: rows[i] = table[indices[i]].</summary>
/// <exception cref="ArgumentOutOfRangeException">An index is V or more.</exception>
public readonly record struct GatherRowsArgs
{
    /// <summary>[V, D] float32.</summary>
    public required Tensor<float> Table { get; init; }

    /// <summary>[n] int32, each in [0, V), or negative for a row of zeros.</summary>
    public required Tensor<int> Indices { get; init; }

    /// <summary>[n, D] float32, overwritten.</summary>
    public required Tensor<float> Rows { get; init; }
}
