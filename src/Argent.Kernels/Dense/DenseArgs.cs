using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>What is applied to each output of a dense layer.</summary>
public enum Activation
{
    /// <summary>The output itself.</summary>
    None,

    /// <summary>max(0, y).</summary>
    Relu,

    /// <summary>1 / (1 + e^-y).</summary>
    Sigmoid,

    /// <summary>y * sigmoid(y).</summary>
    Silu,
}

/// <summary>A dense layer: output = activation(input · weightᵀ + bias), accumulated in float32.</summary>
/// <remarks>
/// Tolerance: a sum over K errs by at most K * 2^-24 times the sum of |products|; Sigmoid and Silu add a relative error
/// under 5e-7. A row of the output has the same bits whatever rows are beside it and however many threads run. Output
/// must not overlap an operand.
/// </remarks>
public readonly record struct DenseArgs
{
    /// <summary>[M, K] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>[N, K] float32: one row per output, as PyTorch's Linear stores it.</summary>
    public required Tensor<float> Weight { get; init; }

    /// <summary>
    /// The same weight as <see cref="RowPanels.Of"/> lays it out, for a weight that many calls share; no tensor to read
    /// <see cref="Weight"/>. The bits are the same.
    /// </summary>
    public Tensor<float> WeightPanels { get; init; }

    /// <summary>[N] float32, or no tensor for zero.</summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>[M, N] float32, overwritten.</summary>
    public required Tensor<float> Output { get; init; }
}
