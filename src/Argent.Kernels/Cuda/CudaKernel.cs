using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>One kernel of the table: where its source is, its name as compiled, and the bytes of its only parameter.</summary>
public abstract class CudaKernel
{
    private protected CudaKernel(string source, string entry, int parameterBytes) =>
        (Source, Entry, ParameterBytes) = (source, entry, parameterBytes);

    /// <summary>The file from the project's folder, for example <c>Probe/Probe.cu</c>.</summary>
    public string Source { get; }

    /// <summary>The <c>extern "C"</c> name.</summary>
    public string Entry { get; }

    /// <summary>Bytes of the struct that it takes by value.</summary>
    public int ParameterBytes { get; }

    /// <summary>The kernel of a loaded module.</summary>
    internal abstract object FunctionOf(CudaModule module);

    /// <summary>For example <c>argent_probe of Probe/Probe.cu</c>.</summary>
    public override string ToString() => $"{Entry} of {Source}";
}

/// <summary>A kernel of the table whose only parameter is a <typeparamref name="TArguments"/> by value.</summary>
/// <typeparam name="TArguments">A struct in sequential layout that the source declares with the same fields.</typeparam>
public sealed class CudaKernel<TArguments> : CudaKernel where TArguments : unmanaged
{
    /// <summary>A kernel; it also needs its line in <see cref="CudaKernelTable"/>.</summary>
    public unsafe CudaKernel(string source, string entry) : base(source, entry, sizeof(TArguments)) { }

    internal override object FunctionOf(CudaModule module) => module.Function<TArguments>(Entry);
}
