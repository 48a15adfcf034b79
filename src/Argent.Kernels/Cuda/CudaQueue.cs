using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The loaded kernels and the stream that launchers queue them on.</summary>
/// <param name="Modules">Where kernels are found.</param>
/// <param name="Stream">Where work is queued; it may be recording a graph.</param>
public readonly record struct CudaQueue(CudaModules Modules, CudaStream Stream)
{
    internal void Launch<TArguments>(CudaKernel<TArguments> kernel, in LaunchSize size, in TArguments arguments)
        where TArguments : unmanaged => Modules.Get(kernel).Launch(Stream, size, arguments);
}
