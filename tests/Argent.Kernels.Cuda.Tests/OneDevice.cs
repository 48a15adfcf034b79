using Argent.Cuda.Tests;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Argent.Kernels.Tests.Search;

/// <summary>The emulated device and its lane order are the process's: the tests of this project run one after the other.</summary>
static class OneDevice
{
    // Small, and enough for every contract test.
    const long WorkingBytes = 64 << 20;

    static readonly Lazy<CudaKernels> _kernels = new(() => Open(WorkingBytes));

    /// <summary>The kernels on the emulated device.</summary>
    public static CudaKernels Kernels => _kernels.Value;

    /// <summary>Kernels with so much working memory.</summary>
    public static CudaKernels Open(long workingBytes)
    {
        Use();
        return CudaKernels.Open(0, CpuKernels.All(new Workers(1))[^1], workingBytes);
    }

    /// <summary>Builds the emulator where it is not built, and makes it the driver.</summary>
    public static void Use() => EmulatedCuda.Use();
}
