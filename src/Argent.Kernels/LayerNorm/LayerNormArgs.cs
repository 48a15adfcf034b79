using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>output = (input - mean) / sqrt(variance + epsilon) * gain + shift, mean and variance by row (Ba et al. 2016).</summary>
/// <remarks>Mean and variance are summed in float64, so rows far from zero keep their digits.</remarks>
public readonly record struct LayerNormArgs
{
    /// <summary>[M, D] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>[D] float32.</summary>
    public required Tensor<float> Gain { get; init; }

    /// <summary>[D] float32.</summary>
    public required Tensor<float> Shift { get; init; }

    /// <summary>Added to the variance; 1e-5 is usual.</summary>
    public required float Epsilon { get; init; }

    /// <summary>[M, D] float32, overwritten; not <see cref="Input"/>.</summary>
    public required Tensor<float> Output { get; init; }
}
