namespace Argent.Kernels;

/// <summary>Every kernel that is launched anywhere: what is loaded, and what tests compare with the compiled sources.</summary>
public static class CudaKernelTable
{
    /// <summary>All kernels, a line for each source.</summary>
    public static IReadOnlyList<CudaKernel> All { get; } =
    [
        BuildSignaturesCuda.Kernel,
        .. FillRandomCuda.Kernels,
        FilterMaskCuda.Kernel,
        .. MergeCandidatesCuda.Kernels,
        .. QueryMasksCuda.Kernels,
        GatherRowsCuda.Kernel,
        GatherRowsBFloat16Cuda.Kernel,
        NearestRowsCuda.Kernel,
        ScoreCandidatesCuda.Kernel,
        .. FusedScanCuda.Kernels,
        .. ProbeCuda.Kernels,
        QuantizeRowsCuda.Kernel,
        .. SelectTopKCuda.Kernels,
        SumNeighboursCuda.Kernel,
        .. DenseCuda.Kernels,
        .. DenseBFloat16Cuda.Kernels,
        ElementwiseCuda.Kernel,
        ConcatColumnsCuda.Kernel,
        SumEmbeddingsCuda.Kernel,
        NormalizeRowsCuda.Kernel,
        LayerNormCuda.Kernel,
        SoftmaxCuda.Kernel,
        ComponentDotsCuda.Kernel,
        MixLogitsCuda.Kernel,
        AttentionCuda.Kernel,
        EvaluateFormulaCuda.Kernel,
    ];
}
