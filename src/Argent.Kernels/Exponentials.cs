using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Exponentials of eight numbers at a time (AVX2 and FMA).</summary>
static class Exponentials
{
    /// <summary>Below it e^x is given as 0; the true value is under 1.9e-38, and 2^(n - 1) would leave the normal numbers.</summary>
    public const float Lowest = -86.9f;

    /// <summary>
    /// e^x with a relative error under 2e-7 (measured: 1.3e-7) for x in [-86.9, 88.72]; 0 below, infinity above, NaN for NaN.
    /// </summary>
    /// <remarks>
    /// e^x = 2^n * e^r with n = round(x / ln 2), |r| at most ln 2 / 2; e^r = 1 + r + r² p(r), where p is the minimax
    /// polynomial of degree 4 for the relative error of e^r (3.6e-9 with the rounded coefficients).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        var inside = Avx.Compare(x, Vector256.Create(Lowest), FloatComparisonMode.UnorderedNotLessThanNonSignaling);
        // The second operand of Min and Max passes a NaN through. 89 is past the largest finite result.
        x = Avx.Max(Vector256.Create(Lowest), Avx.Min(Vector256.Create(89f), x));
        var n = Avx.RoundToNearestInteger(Avx.Multiply(x, Vector256.Create(1.44269504f)));
        // ln 2 in two parts; the first has 9 bits, so that n times it is exact.
        var r = Fma.MultiplyAddNegated(n, Vector256.Create(0.693359375f), x);
        r = Fma.MultiplyAddNegated(n, Vector256.Create(-0.000212194442f), r);
        var p = Fma.MultiplyAdd(Vector256.Create(0.00138145406f), r, Vector256.Create(0.00836874545f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.041668389f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.166665211f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.49999994f));
        p = Fma.MultiplyAdd(Avx.Multiply(p, r), r, Avx.Add(r, Vector256.Create(1f)));
        // 2^n as 2 * 2^(n - 1), since n reaches 128 before the result overflows.
        var power = Avx2.ShiftLeftLogical(
            Avx2.Add(Avx.ConvertToVector256Int32(n), Vector256.Create(126)), 23).AsSingle();
        return Avx.And(Avx.Multiply(Avx.Add(p, p), power), inside);
    }

    /// <summary>1 / (1 + e^-x) with a relative error under 3e-7; below -88.7 it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x)
    {
        var one = Vector256.Create(1f);
        return Avx.Divide(one, Avx.Add(one, Exp(Avx.Subtract(Vector256<float>.Zero, x))));
    }

    /// <summary>An activation of eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Activation activation, Vector256<float> x) => activation switch
    {
        Activation.None => x,
        // The second operand passes a NaN through.
        Activation.Relu => Avx.Max(Vector256<float>.Zero, x),
        Activation.Sigmoid => Sigmoid(x),
        _ => Avx.Multiply(x, Sigmoid(x)),
    };
}
