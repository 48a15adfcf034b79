namespace Argent.Kernels;

/// <summary>Chooses the kernels of the host processor, once, outside every loop.</summary>
public static class CpuKernels
{
    /// <summary>The environment variable that names the variant to use: <c>reference</c> or <c>avx2</c>.</summary>
    public const string Variable = "ARGENT_KERNELS";

    /// <summary>The fastest variant that this machine runs, or the one that <see cref="Variable"/> names.</summary>
    /// <param name="workers">The threads to use; null for a new crew of one thread per processor.</param>
    /// <exception cref="InvalidOperationException"><see cref="Variable"/> names an unknown variant, or one that this
    /// machine cannot run.</exception>
    public static IKernels Create(Workers? workers = null) =>
        Named(Environment.GetEnvironmentVariable(Variable), workers ?? new Workers());

    /// <summary>Every variant that this machine runs, the reference first.</summary>
    public static IReadOnlyList<IKernels> All(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        return Avx2Kernels.IsSupported
            ? [new ReferenceKernels(workers), new Avx2Kernels(workers)]
            : [new ReferenceKernels(workers)];
    }

    internal static IKernels Named(string? variant, Workers workers) => variant switch
    {
        null or "" when Avx2Kernels.IsSupported => new Avx2Kernels(workers),
        null or "" or "reference" => new ReferenceKernels(workers),
        "avx2" when Avx2Kernels.IsSupported => new Avx2Kernels(workers),
        "avx2" => throw new InvalidOperationException(
            $"{Variable} is 'avx2', but this processor lacks AVX2, FMA or BMI; unset it or set 'reference'."),
        _ => throw new InvalidOperationException($"{Variable} is '{variant}'; known are 'reference' and 'avx2'."),
    };
}
