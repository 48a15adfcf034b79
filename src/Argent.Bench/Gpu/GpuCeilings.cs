using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>A copy within the device's memory: the bandwidth that everything else is a share of.</summary>
sealed class CopyCase(GpuBenchOptions options) : GpuCase
{
    DeviceTensor<sbyte> _from, _to;

    /// <inheritdoc/>
    public override string Name => "copy";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings => [];

    /// <inheritdoc/>
    public override long Bytes => 2 * Length;

    long Length => options.CopyBytes / 8 * 8;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) =>
        (_from, _to) = (arena.Rent<sbyte>("source", Length), arena.Rent<sbyte>("target", Length));

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed) => FillRandomCuda.Codes(on, _from, seed);

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => on.Stream.Copy(_from, _to);
}

/// <summary>A product of square bf16 matrices by cuBLASLt: the rate of dense layers at their best.</summary>
sealed class MatrixCase(GpuBenchOptions options, CublasLt library) : GpuCase
{
    const long WorkspaceBytes = 64 << 20;

    readonly DenseProduct<BFloat16, BFloat16> _product = library.Product<BFloat16, BFloat16>(
        new DenseProductShape(options.Matrix, options.Matrix, options.Matrix, DenseEpilogue.None), WorkspaceBytes);

    DenseProductArgs<BFloat16, BFloat16> _args;

    /// <inheritdoc/>
    public override string Name => "matrix bf16";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings => [("rows", N), ("dim", N)];

    /// <inheritdoc/>
    public override long Bytes => 3 * N * N * sizeof(ushort);

    /// <inheritdoc/>
    public override double Operations => 2.0 * N * N * N;

    long N => options.Matrix;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) => _args = new()
    {
        Input = arena.Rent<BFloat16>("input", N, N),
        Weight = arena.Rent<BFloat16>("weight", N, N),
        Output = arena.Rent<BFloat16>("output", N, N),
        Workspace = arena.Rent<byte>("workspace", _product.WorkspaceBytes),
    };

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        FillRandomCuda.BFloat16s(on, _args.Input, seed);
        FillRandomCuda.BFloat16s(on, _args.Weight, seed + 1);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => _product.Run(on.Stream, _args);
}
