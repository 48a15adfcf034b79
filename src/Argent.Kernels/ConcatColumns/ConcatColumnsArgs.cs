using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>output[i] = left[i] followed by right[i].</summary>
public readonly record struct ConcatColumnsArgs
{
    /// <summary>[M, A] float32.</summary>
    public required Tensor<float> Left { get; init; }

    /// <summary>[M, C] float32.</summary>
    public required Tensor<float> Right { get; init; }

    /// <summary>[M, A + C] float32, overwritten.</summary>
    public required Tensor<float> Output { get; init; }
}
