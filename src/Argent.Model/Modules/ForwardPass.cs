using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>What one forward pass runs with. Threaded by hand; there is no ambient device.</summary>
/// <param name="kernels">The arithmetic.</param>
/// <param name="scratch">Memory of intermediate tensors, reset by whoever started the pass.</param>
public readonly ref struct ForwardPass(IKernels kernels, Scratch scratch)
{
    /// <summary>The arithmetic.</summary>
    public IKernels Kernels { get; } = kernels;

    /// <summary>Memory of intermediate tensors.</summary>
    public Scratch Scratch { get; } = scratch;
}
