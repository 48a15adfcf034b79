namespace Argent.Kernels;

/// <summary>Chooses the kernels of the host processor, once, outside every loop.</summary>
public static class CpuKernels
{
    /// <summary>The environment variable that names the variant to use: <c>reference</c>, <c>avx2</c> or <c>avxvnni</c>.</summary>
    public const string Variable = "ARGENT_KERNELS";

    /// <summary>The fastest variant that this machine runs, or the one that <see cref="Variable"/> names.</summary>
    /// <param name="workers">The threads to use; null for a new crew of one thread per processor.</param>
    /// <exception cref="InvalidOperationException"><see cref="Variable"/> names an unknown variant, or one that this
    /// machine cannot run.</exception>
    public static IKernels Create(Workers? workers = null) =>
        Named(Environment.GetEnvironmentVariable(Variable), workers ?? new Workers());

    /// <summary>Every variant that this machine runs, the reference first, the fastest last.</summary>
    public static IReadOnlyList<IKernels> All(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var variants = new List<IKernels> { new ReferenceKernels(workers) };
        if (Avx2Kernels.IsSupported) variants.Add(new Avx2Kernels(workers, isVnni: false));
        if (Avx2Kernels.IsVnniSupported) variants.Add(new Avx2Kernels(workers, isVnni: true));
        return variants;
    }

    internal static IKernels Named(string? variant, Workers workers) => variant switch
    {
        null or "" when Avx2Kernels.IsSupported => new Avx2Kernels(workers, Avx2Kernels.IsVnniSupported),
        null or "" or "reference" => new ReferenceKernels(workers),
        "avx2" when Avx2Kernels.IsSupported => new Avx2Kernels(workers, isVnni: false),
        "avx2" => throw new InvalidOperationException(
            $"{Variable} is 'avx2', but this processor lacks AVX2, FMA or BMI; unset it or set 'reference'."),
        "avxvnni" when Avx2Kernels.IsVnniSupported => new Avx2Kernels(workers, isVnni: true),
        "avxvnni" => throw new InvalidOperationException(
            $"{Variable} is 'avxvnni', but this processor lacks AVX-VNNI; unset it or set 'avx2' or 'reference'."),
        _ => throw new InvalidOperationException(
            $"{Variable} is '{variant}'; known are 'reference', 'avx2' and 'avxvnni'."),
    };
}
