using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// loss = sum over rows i of -sum over targets t of weight(i, t) * log softmax(logits[i] - correction)[t]. With a
/// correction of log(expected count) per column this is the sampled softmax of Yi et al. 2019.
/// </summary>
/// <remarks>Relative error of the loss under 2e-6; rows are added in ascending order, in float64.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A target is not a column.</exception>
public readonly record struct SoftmaxCrossEntropyArgs
{
    /// <summary>[M, C] float32.</summary>
    public required Tensor<float> Logits { get; init; }

    /// <summary>[C] float32, subtracted from every row (logQ), or no tensor for zero.</summary>
    public Tensor<float> Correction { get; init; }

    /// <summary>[n] int32, columns in [0, C).</summary>
    public required Tensor<int> Targets { get; init; }

    /// <summary>[M + 1] int32, bounds of each row's targets; a row without targets adds nothing.</summary>
    public required Tensor<int> TargetStart { get; init; }

    /// <summary>[n] float32, weight of each target.</summary>
    public required Tensor<float> TargetWeights { get; init; }

    /// <summary>[1] float32, overwritten with the loss.</summary>
    public required Tensor<float> Loss { get; init; }
}
