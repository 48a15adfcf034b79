using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>One row of logits, less an optional correction per column: its maximum, and its exponentials.</summary>
unsafe struct SoftmaxRow
{
    /// <summary>Exponentials that are summed in float32 before they go into the float64 sum.</summary>
    const long SumBlock = 1024;

    public float* Logits;

    /// <summary>Subtracted, or null for zero.</summary>
    public float* Correction;

    public long Columns;

    /// <summary>The largest corrected logit; -infinity for an empty row. A NaN may be passed over: the sum shows it.</summary>
    public readonly float Max()
    {
        var lowest = Vector256.Create(float.NegativeInfinity);
        Vector256<float> m0 = lowest, m1 = lowest;
        long c = 0;
        for (; c + 16 <= Columns; c += 16)
        {
            m0 = Avx.Max(m0, At(c));
            m1 = Avx.Max(m1, At(c + 8));
        }
        for (; c < Columns; c += 8) m0 = Avx.Max(m0, AtEnd(c));
        m0 = Avx.Max(m0, m1);
        float max = float.NegativeInfinity;
        for (int i = 0; i < 8; i++) max = MathF.Max(max, m0[i]);
        return max;
    }

    /// <summary>Sum of e^(logit - max).</summary>
    public readonly double Sum(float max)
    {
        double sum = 0;
        for (long first = 0; first < Columns; first += SumBlock)
        {
            sum += SumOf(first, Math.Min(Columns, first + SumBlock), Vector256.Create(max));
        }
        return sum;
    }

    /// <summary>target[c] (+)= factor * e^(logit - max).</summary>
    public readonly void Write(float max, float factor, float* target, bool adds)
    {
        var maxima = Vector256.Create(max);
        var factors = Vector256.Create(factor);
        long c = 0;
        for (; c + 8 <= Columns; c += 8)
        {
            var y = Avx.Multiply(factors, Exponentials.Exp(Avx.Subtract(At(c), maxima)));
            Avx.Store(target + c, adds ? Avx.Add(Avx.LoadVector256(target + c), y) : y);
        }
        if (c == Columns) return;
        var rest = Avx.Multiply(factors, Exponentials.Exp(Avx.Subtract(AtEnd(c), maxima)));
        for (int i = 0; c + i < Columns; i++) target[c + i] = adds ? target[c + i] + rest[i] : rest[i];
    }

    readonly float SumOf(long c, long last, Vector256<float> maxima)
    {
        Vector256<float> s0 = default, s1 = default;
        for (; c + 16 <= last; c += 16)
        {
            s0 = Avx.Add(s0, Exponentials.Exp(Avx.Subtract(At(c), maxima)));
            s1 = Avx.Add(s1, Exponentials.Exp(Avx.Subtract(At(c + 8), maxima)));
        }
        for (; c < last; c += 8) s0 = Avx.Add(s0, Exponentials.Exp(Avx.Subtract(AtEnd(c), maxima)));
        return Vector256.Sum(Avx.Add(s0, s1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly Vector256<float> At(long c)
    {
        var x = Avx.LoadVector256(Logits + c);
        return Correction == null ? x : Avx.Subtract(x, Avx.LoadVector256(Correction + c));
    }

    /// <summary>Up to eight columns; -infinity, whose exponential is 0, past the last.</summary>
    readonly Vector256<float> AtEnd(long c)
    {
        if (c + 8 <= Columns) return At(c);
        float* values = stackalloc float[8];
        for (int i = 0; i < 8; i++)
        {
            values[i] = c + i >= Columns ? float.NegativeInfinity
                : Correction == null ? Logits[c + i] : Logits[c + i] - Correction[c + i];
        }
        return Avx.LoadVector256(values);
    }
}
