using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Fills a tensor with 0 for what a training step drops, at the rate given, and with 1 / (1 - rate) for what it keeps. The
/// same step of the same training drops the same.
/// </summary>
/// <param name="keep">Overwritten.</param>
/// <param name="rate">Share to drop, in [0, 1).</param>
public delegate void Dropout(Tensor<float> keep, float rate);

/// <summary>What one forward pass runs with. Threaded by hand; there is no ambient device.</summary>
/// <param name="kernels">The arithmetic.</param>
/// <param name="scratch">Memory of intermediate tensors, reset by whoever started the pass.</param>
public readonly ref struct ForwardPass(IKernels kernels, Scratch scratch)
{
    /// <summary>The arithmetic.</summary>
    public IKernels Kernels { get; } = kernels;

    /// <summary>Memory of intermediate tensors.</summary>
    public Scratch Scratch { get; } = scratch;

    /// <summary>What decides what a training step drops; null in serving and validation, where nothing is dropped.</summary>
    public Dropout? Dropout { get; init; }
}
