using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Reads a buffer far larger than the caches, cut into one stretch for each chunk.</summary>
unsafe struct ReadLoop : IChunkedWork
{
    // The processor's own foresight ends at a page; this crosses it.
    const int AheadBytes = 4096;

    /// <summary>The buffer and what each chunk reads of it, a multiple of 512.</summary>
    public byte* Buffer;

    /// <inheritdoc cref="Buffer"/>
    public long BytesPerChunk;

    /// <summary>[chunks] one number each that depends on every byte, so that nothing can be left out.</summary>
    public int* Sums;

    /// <summary>True asks for bytes before they are needed.</summary>
    public bool IsAhead;

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        byte* start = Buffer + chunk * BytesPerChunk;
        Sums[chunk] = IsAhead ? ReadAhead(start, BytesPerChunk) : Read(start, BytesPerChunk);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static int Read(byte* from, long bytes)
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        for (byte* end = from + bytes; from < end; from += 256)
        {
            a = Avx2.Xor(a, Avx2.Xor(Avx.LoadVector256((int*)from), Avx.LoadVector256((int*)(from + 32))));
            b = Avx2.Xor(b, Avx2.Xor(Avx.LoadVector256((int*)(from + 64)), Avx.LoadVector256((int*)(from + 96))));
            c = Avx2.Xor(c, Avx2.Xor(Avx.LoadVector256((int*)(from + 128)), Avx.LoadVector256((int*)(from + 160))));
            d = Avx2.Xor(d, Avx2.Xor(Avx.LoadVector256((int*)(from + 192)), Avx.LoadVector256((int*)(from + 224))));
        }
        return (a ^ b ^ c ^ d)[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static int ReadAhead(byte* from, long bytes)
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        for (byte* end = from + bytes; from < end; from += 256)
        {
            Sse.Prefetch0(from + AheadBytes);
            Sse.Prefetch0(from + AheadBytes + 64);
            Sse.Prefetch0(from + AheadBytes + 128);
            Sse.Prefetch0(from + AheadBytes + 192);
            a = Avx2.Xor(a, Avx2.Xor(Avx.LoadVector256((int*)from), Avx.LoadVector256((int*)(from + 32))));
            b = Avx2.Xor(b, Avx2.Xor(Avx.LoadVector256((int*)(from + 64)), Avx.LoadVector256((int*)(from + 96))));
            c = Avx2.Xor(c, Avx2.Xor(Avx.LoadVector256((int*)(from + 128)), Avx.LoadVector256((int*)(from + 160))));
            d = Avx2.Xor(d, Avx2.Xor(Avx.LoadVector256((int*)(from + 192)), Avx.LoadVector256((int*)(from + 224))));
        }
        return (a ^ b ^ c ^ d)[0];
    }
}
