using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Random values made in a device's memory, for measurements of sizes that would take long to copy there: value i comes from
/// number i of SplitMix64 (Steele, Lea and Flood 2014), whatever the launch.
/// </summary>
public static class FillRandomCuda
{
    const string Source = "FillRandom/FillRandom.cu";

    const uint Threads = 256;

    // More blocks than a device runs at once; beyond that a thread makes several values.
    const long BlocksMax = 1 << 16;

    const int CodesOfWord = 8;

    static readonly CudaKernel<Parameters> _codes = new(Source, "argent_random_codes");
    static readonly CudaKernel<Parameters> _floats = new(Source, "argent_random_floats");
    static readonly CudaKernel<Parameters> _bfloat16s = new(Source, "argent_random_bf16");
    static readonly CudaKernel<Parameters> _integers = new(Source, "argent_random_integers");

    internal static IEnumerable<CudaKernel> Kernels => [_codes, _floats, _bfloat16s, _integers];

    /// <summary>Queues codes in [-127, 127].</summary>
    /// <exception cref="ArgumentException">Their number is no multiple of 8.</exception>
    public static void Codes(in CudaQueue on, in DeviceTensor<sbyte> codes, ulong seed)
    {
        if (codes.Count % CodesOfWord != 0) throw new ArgumentException($"FillRandom: {codes} has no multiple of {CodesOfWord} codes.");
        Launch(on, _codes, codes.Address, codes.Count / CodesOfWord, seed);
    }

    /// <summary>Queues numbers in [-0.5, 0.5).</summary>
    public static void Floats(in CudaQueue on, in DeviceTensor<float> values, ulong seed) =>
        Launch(on, _floats, values.Address, values.Count, seed);

    /// <summary>Queues numbers in [-0.5, 0.5], rounded.</summary>
    public static void BFloat16s(in CudaQueue on, in DeviceTensor<BFloat16> values, ulong seed) =>
        Launch(on, _bfloat16s, values.Address, values.Count, seed);

    /// <summary>Queues integers in [0, <paramref name="below"/>).</summary>
    public static void Integers(in CudaQueue on, in DeviceTensor<int> values, int below, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        Launch(on, _integers, values.Address, values.Count, seed, (ulong)below);
    }

    static void Launch(
        in CudaQueue on, CudaKernel<Parameters> kernel, ulong address, long count, ulong seed, ulong below = 0)
    {
        long blocks = Math.Min(LaunchSize.Over(count, Threads).BlocksX, BlocksMax);
        on.Launch(kernel, new LaunchSize(blocks, Threads), new Parameters { Values = address, Count = count, Seed = seed, Below = below });
    }

    /// <summary>ArgentFillRandomArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Values;
        public long Count;
        public ulong Seed;
        public ulong Below;
    }
}
