using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Bench;

/// <summary>What one core can do in fused multiply-adds of 16 floats.</summary>
static class WidePeak
{
    const int Sums = 12, Steps = 1 << 20, Passes = 9;

    /// <summary>Floating-point operations in a second; null without AVX-512.</summary>
    public static double? Measure(RunClock clock)
    {
        if (!Avx512F.IsSupported) return null;
        double best = double.PositiveInfinity;
        for (int pass = 0; pass < Passes; pass++) best = Math.Min(best, clock.Time(() => Loop(Steps, 1.25f)).WallSeconds);
        return 2.0 * Vector512<float>.Count * Sums * Steps / best;
    }

    /// <summary>Twelve sums that do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static float Loop(int steps, float seed)
    {
        Vector512<float> x = Vector512.Create(seed), y = Vector512.Create(1e-3f);
        Vector512<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, sa = x, sb = x;
        for (int i = 0; i < steps; i++)
        {
            s0 = Avx512F.FusedMultiplyAdd(x, y, s0);
            s1 = Avx512F.FusedMultiplyAdd(x, y, s1);
            s2 = Avx512F.FusedMultiplyAdd(x, y, s2);
            s3 = Avx512F.FusedMultiplyAdd(x, y, s3);
            s4 = Avx512F.FusedMultiplyAdd(x, y, s4);
            s5 = Avx512F.FusedMultiplyAdd(x, y, s5);
            s6 = Avx512F.FusedMultiplyAdd(x, y, s6);
            s7 = Avx512F.FusedMultiplyAdd(x, y, s7);
            s8 = Avx512F.FusedMultiplyAdd(x, y, s8);
            s9 = Avx512F.FusedMultiplyAdd(x, y, s9);
            sa = Avx512F.FusedMultiplyAdd(x, y, sa);
            sb = Avx512F.FusedMultiplyAdd(x, y, sb);
        }
        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + sa + sb);
    }
}
