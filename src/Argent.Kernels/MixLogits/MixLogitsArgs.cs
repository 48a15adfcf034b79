using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// A mixture of logits: values[c, t] = scale * sum over l of w[c, t, l] * logits[c, l], where w[c, t] is the softmax over l
/// of userGates[request[c], t] + items[c, F + t * L ..] + pairGates[c, t], times <see cref="Keep"/> (Zhai et al. 2023,
/// "Revisiting Neural Retrieval on Accelerators"; here with a gate for each of T tasks over the same logits).
/// </summary>
/// <remarks>
/// Tolerance: 2e-6 plus 2^-23 * (range of the gates + L), times scale times the largest |logit|. The bits of a candidate do
/// not depend on the candidates beside it, nor on threads.
/// </remarks>
/// <exception cref="ArgumentOutOfRangeException">A request is outside [0, R).</exception>
public readonly record struct MixLogitsArgs
{
    /// <summary>[C, L] float32, L at least 1.</summary>
    public required Tensor<float> Logits { get; init; }

    /// <summary>[R, T * L] float32: what the request's user says of the gates.</summary>
    public required Tensor<float> UserGates { get; init; }

    /// <summary>[C] int32, each in [0, R).</summary>
    public required Tensor<int> Request { get; init; }

    /// <summary>[C, I] float32: columns [F, F + T * L) are what the item says of the gates.</summary>
    public required Tensor<float> Items { get; init; }

    /// <summary>F, the first of those columns.</summary>
    public required int ItemColumn { get; init; }

    /// <summary>[C, T * L] float32: what the pair says of the gates.</summary>
    public required Tensor<float> PairGates { get; init; }

    /// <summary>[C, T * L] float32: dropout of the weights, 0 or 1 / (1 - rate); no tensor when nothing is dropped.</summary>
    public Tensor<float> Keep { get; init; }

    /// <summary>Factor of the mixture: one over the temperature of the logits.</summary>
    public required float Scale { get; init; }

    /// <summary>[C, T] float32, overwritten.</summary>
    public required Tensor<float> Values { get; init; }
}
