using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// A dense layer whose weight is bfloat16, for serving: output = activation(input · weightᵀ + bias), accumulated in
/// float32. It has the bits of <see cref="DenseArgs"/> with the same weight widened to float32, which loses nothing.
/// </summary>
/// <remarks>
/// Tolerance beside float64 over the bfloat16 weight: that of <see cref="DenseArgs"/>. Against the weight before it was
/// rounded, a product errs by at most 2^-8 of its size. A row of the output has the same bits whatever rows are beside it
/// and however many threads run. Output must not overlap an operand.
/// </remarks>
public readonly record struct DenseBFloat16Args
{
    /// <summary>[M, K] float32.</summary>
    public required Tensor<float> Input { get; init; }

    /// <summary>
    /// [⌈N / 16⌉, K, 16] bfloat16: the weight [N, K] as <see cref="RowPanels.OfBFloat16(Tensor{float}, Workers?)"/> lays it
    /// out.
    /// </summary>
    public required Tensor<BFloat16> WeightPanels { get; init; }

    /// <summary>[N] float32, or no tensor for zero.</summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>[M, N] float32, overwritten.</summary>
    public required Tensor<float> Output { get; init; }
}
