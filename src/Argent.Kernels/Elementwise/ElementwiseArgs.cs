using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The step of an <see cref="ElementwiseArgs"/>.</summary>
public enum ElementwiseOp
{
    /// <summary>left + right.</summary>
    Add,

    /// <summary>left * right.</summary>
    Multiply,

    /// <summary>left * scalar.</summary>
    Scale,

    /// <summary>max(0, left).</summary>
    Relu,

    /// <summary>1 / (1 + e^-left).</summary>
    Sigmoid,
}

/// <summary>output[i] = op(left[i], right[i]) over equal counts; may work in place.</summary>
/// <remarks>Equal bits on every variant, except Sigmoid: relative error under 3e-7.</remarks>
public readonly record struct ElementwiseArgs
{
    /// <summary>The step.</summary>
    public required ElementwiseOp Op { get; init; }

    /// <summary>[n] float32.</summary>
    public required Tensor<float> Left { get; init; }

    /// <summary>[n] float32, or [D] repeated over the rows of Left [.., D]; for Add and Multiply only.</summary>
    public Tensor<float> Right { get; init; }

    /// <summary>Factor of <see cref="ElementwiseOp.Scale"/>.</summary>
    public float Scalar { get; init; }

    /// <summary>[n] float32, overwritten; may be <see cref="Left"/>.</summary>
    public required Tensor<float> Output { get; init; }
}
