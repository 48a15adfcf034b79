using System.Globalization;

namespace Argent.Tensors;

/// <summary>How many blocks of how many threads run a kernel.</summary>
/// <param name="BlocksX">Blocks along x, at most 2^31 - 1.</param>
/// <param name="ThreadsX">Threads of a block along x.</param>
public readonly record struct LaunchSize(long BlocksX, uint ThreadsX)
{
    /// <summary>Blocks along y, at most 65,535.</summary>
    public uint BlocksY { get; init; } = 1;

    /// <summary>Blocks along z, at most 65,535.</summary>
    public uint BlocksZ { get; init; } = 1;

    /// <summary>Threads of a block along y.</summary>
    public uint ThreadsY { get; init; } = 1;

    /// <summary>Threads of a block along z.</summary>
    public uint ThreadsZ { get; init; } = 1;

    /// <summary>Bytes of shared memory of a block, beside what the kernel's source declares.</summary>
    public int SharedBytes { get; init; }

    /// <summary>All blocks.</summary>
    public long Blocks => checked(BlocksX * BlocksY * BlocksZ);

    /// <summary>Blocks of <paramref name="threads"/> so that each of <paramref name="items"/> has a thread.</summary>
    public static LaunchSize Over(long items, uint threads) => new((items + threads - 1) / threads, threads);

    /// <summary>For example <c>1200 x 1 x 1 blocks of 256 x 1 x 1 threads with 0 bytes</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{BlocksX} x {BlocksY} x {BlocksZ} blocks of {ThreadsX} x {ThreadsY} x {ThreadsZ} threads with {SharedBytes} bytes");
}
