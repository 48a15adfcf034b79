using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>The steps of <see cref="Exponentials"/> on sixteen numbers at a time (AVX-512): the bits are the same.</summary>
static class WideExponentials
{
    /// <summary>An activation of sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Activation activation, Vector512<float> x) => activation switch
    {
        Activation.None => x,
        // The second operand passes a NaN through.
        Activation.Relu => Avx512F.Max(Vector512<float>.Zero, x),
        Activation.Sigmoid => Sigmoid(x),
        _ => Avx512F.Multiply(x, Sigmoid(x)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Sigmoid(Vector512<float> x)
    {
        var one = Vector512.Create(1f);
        return Avx512F.Divide(one, Avx512F.Add(one, Exp(Avx512F.Subtract(Vector512<float>.Zero, x))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Exp(Vector512<float> x)
    {
        var lowest = Vector512.Create(Exponentials.Lowest);
        var inside = Avx512F.CompareNotLessThan(x, lowest);
        x = Avx512F.Max(lowest, Avx512F.Min(Vector512.Create(89f), x));
        // 0 is to the nearest, ties to even.
        var n = Avx512F.RoundScale(Avx512F.Multiply(x, Vector512.Create(1.44269504f)), 0);
        var r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(0.693359375f), x);
        r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(-0.000212194442f), r);
        var p = Avx512F.FusedMultiplyAdd(Vector512.Create(0.00138145406f), r, Vector512.Create(0.00836874545f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(0.041668389f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(0.166665211f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(0.49999994f));
        p = Avx512F.FusedMultiplyAdd(Avx512F.Multiply(p, r), r, Avx512F.Add(r, Vector512.Create(1f)));
        var power = Avx512F.ShiftLeftLogical(
            Avx512F.Add(Avx512F.ConvertToVector512Int32(n), Vector512.Create(126)), 23).AsSingle();
        return Vector512.BitwiseAnd(Avx512F.Multiply(Avx512F.Add(p, p), power), inside);
    }
}
