namespace Argent.Kernels;

/// <summary>Operations without a kernel: they run on the host.</summary>
public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args) => _host.SoftmaxCrossEntropy(in args);
}
