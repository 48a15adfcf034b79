using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Divides each row by its Euclidean length; a row shorter than 1e-12 becomes zero.</summary>
/// <remarks>Lengths are summed in float64; the error of an output is under 2e-7.</remarks>
public readonly record struct NormalizeRowsArgs
{
    /// <summary>[M, D] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>[M, D] float32, overwritten; may be <see cref="Input"/>.</summary>
    public required Tensor<float> Output { get; init; }
}
