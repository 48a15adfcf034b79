using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>output[i, j] = exp(input[i, j] - max) / sum of the row; -infinity becomes 0.</summary>
/// <remarks>
/// Relative error under 1e-6 plus |input - max| * 2^-24. A row of -infinity becomes zeros; a NaN or +infinity makes its
/// row NaN.
/// </remarks>
public readonly record struct SoftmaxArgs
{
    /// <summary>[M, C] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>[M, C] float32, overwritten; may be <see cref="Input"/>.</summary>
    public required Tensor<float> Output { get; init; }
}
