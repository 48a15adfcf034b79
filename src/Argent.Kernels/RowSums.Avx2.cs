using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Sums over one row, in float64 and in one fixed order.</summary>
static unsafe class RowSums
{
    /// <summary>Sum of x.</summary>
    public static double Sum(float* x, long count)
    {
        Vector256<double> s0 = default, s1 = default;
        long i = 0;
        for (; i + 8 <= count; i += 8)
        {
            s0 = Avx.Add(s0, Widen(x + i));
            s1 = Avx.Add(s1, Widen(x + i + 4));
        }
        double sum = Vector256.Sum(Avx.Add(s0, s1));
        for (; i < count; i++) sum += x[i];
        return sum;
    }

    /// <summary>Sum of x * y.</summary>
    public static double Dot(float* x, float* y, long count)
    {
        Vector256<double> s0 = default, s1 = default;
        long i = 0;
        for (; i + 8 <= count; i += 8)
        {
            s0 = Fma.MultiplyAdd(Widen(x + i), Widen(y + i), s0);
            s1 = Fma.MultiplyAdd(Widen(x + i + 4), Widen(y + i + 4), s1);
        }
        double sum = Vector256.Sum(Avx.Add(s0, s1));
        for (; i < count; i++) sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>Sum of (x - mean)².</summary>
    public static double Squares(float* x, double mean, long count)
    {
        var means = Vector256.Create(mean);
        Vector256<double> s0 = default, s1 = default;
        long i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var d0 = Avx.Subtract(Widen(x + i), means);
            var d1 = Avx.Subtract(Widen(x + i + 4), means);
            s0 = Fma.MultiplyAdd(d0, d0, s0);
            s1 = Fma.MultiplyAdd(d1, d1, s1);
        }
        double sum = Vector256.Sum(Avx.Add(s0, s1));
        for (; i < count; i++) sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Widen(float* x) => Avx.ConvertToVector256Double(Avx.LoadVector128(x));
}
