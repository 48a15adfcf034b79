using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Bench;

/// <summary>
/// Arithmetic that reads no memory: what the processor computes when nothing else holds it up. Each loop has enough
/// independent sums to hide the latency of its longest chain. Results are returned, so that nothing can be left out.
/// </summary>
static class PeakLoops
{
    /// <summary>Multiply-adds of one step of the int8 loops: 12 sums of 32.</summary>
    public const int Int8PerStep = 12 * 32;

    /// <summary>Floating-point operations of one step of <see cref="Fma"/>: 12 sums of 8, each a product and a sum.</summary>
    public const int FlopsPerStep = 12 * 8 * 2;

    /// <summary>True when this processor has the instructions of <see cref="Int8Vnni"/>.</summary>
    public static bool HasVnni => AvxVnni.IsSupported;

    /// <summary>Exact int8 products as AVX2 makes them: sign, bytes to pairs in 16 bits, pairs to 32 bits, sum.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Int8Avx2(int steps, sbyte seed)
    {
        var x = Vector256.Create(seed);
        var abs = Vector256.Create((byte)(seed & 127));
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<int> a6 = default, a7 = default, a8 = default, a9 = default, b0 = default, b1 = default;
        for (int i = 0; i < steps; i++)
        {
            // Each product takes its own sum for an operand: the compiler can share none of them.
            a0 = Exact(a0, x, abs);
            a1 = Exact(a1, x, abs);
            a2 = Exact(a2, x, abs);
            a3 = Exact(a3, x, abs);
            a4 = Exact(a4, x, abs);
            a5 = Exact(a5, x, abs);
            a6 = Exact(a6, x, abs);
            a7 = Exact(a7, x, abs);
            a8 = Exact(a8, x, abs);
            a9 = Exact(a9, x, abs);
            b0 = Exact(b0, x, abs);
            b1 = Exact(b1, x, abs);
        }
        return (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + b0 + b1)[0];
    }

    /// <summary>Exact int8 products and their sum in one instruction, where the processor has it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Int8Vnni(int steps, sbyte seed)
    {
        var x = Vector256.Create(seed);
        var abs = Vector256.Create((byte)(seed & 127));
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<int> a6 = default, a7 = default, a8 = default, a9 = default, b0 = default, b1 = default;
        for (int i = 0; i < steps; i++)
        {
            a0 = Vnni(a0, x, abs);
            a1 = Vnni(a1, x, abs);
            a2 = Vnni(a2, x, abs);
            a3 = Vnni(a3, x, abs);
            a4 = Vnni(a4, x, abs);
            a5 = Vnni(a5, x, abs);
            a6 = Vnni(a6, x, abs);
            a7 = Vnni(a7, x, abs);
            a8 = Vnni(a8, x, abs);
            a9 = Vnni(a9, x, abs);
            b0 = Vnni(b0, x, abs);
            b1 = Vnni(b1, x, abs);
        }
        return (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + b0 + b1)[0];
    }

    /// <summary>Fused multiply-adds of 8 floats.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static float Fma(int steps, float seed)
    {
        var x = Vector256.Create(seed);
        var y = Vector256.Create(1 / seed);
        Vector256<float> a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x, a6 = x, a7 = x, a8 = x, a9 = x, b0 = x, b1 = x;
        for (int i = 0; i < steps; i++)
        {
            a0 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a0);
            a1 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a1);
            a2 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a2);
            a3 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a3);
            a4 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a4);
            a5 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a5);
            a6 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a6);
            a7 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a7);
            a8 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a8);
            a9 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, a9);
            b0 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, b0);
            b1 = System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x, y, b1);
        }
        return (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + b0 + b1)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Exact(Vector256<int> sum, Vector256<sbyte> sign, Vector256<byte> abs)
    {
        var pairs = Avx2.MultiplyAddAdjacent(abs, Avx2.Sign(sum.AsSByte(), sign));
        return Avx2.Add(sum, Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Vnni(Vector256<int> sum, Vector256<sbyte> x, Vector256<byte> abs) =>
        AvxVnni.MultiplyWideningAndAdd(sum, abs, x);
}
