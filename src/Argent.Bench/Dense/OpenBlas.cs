using System.Runtime.InteropServices;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>OpenBLAS in this process, on one thread, when the system has it.</summary>
sealed unsafe class OpenBlas
{
    // The numbers that CBLAS gives to row-major, not transposed and transposed.
    const int RowMajor = 101, Plain = 111, Transposed = 112;

    readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    readonly delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemv;

    OpenBlas(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        _sgemv = (delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemv");
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        Core = Text(library, "openblas_get_corename");
        Version = Text(library, "openblas_get_config");
    }

    /// <summary>The processor whose kernels it chose.</summary>
    public string Core { get; }

    /// <summary>Its version and how it was built.</summary>
    public string Version { get; }

    /// <summary>The library, or null where the system has none.</summary>
    public static OpenBlas? TryLoad() => NativeLibrary.TryLoad("libopenblas.so.0", out nint library) ? new(library) : null;

    /// <summary>Output = input times the transpose of the weight.</summary>
    public void Sgemm(in DenseArgs args)
    {
        int rows = (int)args.Input.Shape[0], depth = (int)args.Input.Shape[1], columns = (int)args.Weight.Shape[0];
        float* a = args.Input.Pointer, b = args.Weight.Pointer, c = args.Output.Pointer;
        _sgemm(RowMajor, Plain, Transposed, rows, columns, depth, 1f, a, depth, b, depth, 0f, c, columns);
    }

    /// <summary>The same for an input of one row.</summary>
    public void Sgemv(in DenseArgs args)
    {
        int depth = (int)args.Input.Shape[1], columns = (int)args.Weight.Shape[0];
        float* a = args.Input.Pointer, b = args.Weight.Pointer, c = args.Output.Pointer;
        _sgemv(RowMajor, Plain, columns, depth, 1f, b, depth, a, 1, 0f, c, 1);
    }

    static string Text(nint library, string name) =>
        Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, name))()) ?? "";
}

/// <summary>Extents of a product [M, K] x [K, N].</summary>
readonly record struct DenseShape(int M, int K, int N)
{
    /// <summary>Floating-point operations.</summary>
    public double Flops => 2.0 * M * K * N;

    /// <inheritdoc/>
    public override string ToString() => $"[{M} x {K}] x [{K} x {N}]";
}
