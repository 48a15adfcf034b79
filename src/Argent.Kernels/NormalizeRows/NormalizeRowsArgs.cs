using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Divides each row by its Euclidean length; a row shorter than 1e-12 becomes zero.</summary>
public readonly record struct NormalizeRowsArgs
{
    /// <summary>[M, D] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>[M, D] float32, overwritten; may be <see cref="Input"/>.</summary>
    public required Tensor<float> Output { get; init; }
}
