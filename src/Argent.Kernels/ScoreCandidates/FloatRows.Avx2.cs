using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// Dots of one float32 vector with eight rows at once, float32 or bfloat16: a row that was widened before has the bits of
/// a row that is widened here.
/// </summary>
static unsafe class FloatRows
{
    /// <summary>The same for rows of bfloat16, which is the upper half of a float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Dots(float* vector, ushort** rows, int dim)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<float> a4 = default, a5 = default, a6 = default, a7 = default;
        ushort* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        ushort* r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        long d = 0;
        for (; d + 8 <= dim; d += 8)
        {
            var v = Avx.LoadVector256(vector + d);
            a0 = Fma.MultiplyAdd(v, Wide(r0 + d), a0);
            a1 = Fma.MultiplyAdd(v, Wide(r1 + d), a1);
            a2 = Fma.MultiplyAdd(v, Wide(r2 + d), a2);
            a3 = Fma.MultiplyAdd(v, Wide(r3 + d), a3);
            a4 = Fma.MultiplyAdd(v, Wide(r4 + d), a4);
            a5 = Fma.MultiplyAdd(v, Wide(r5 + d), a5);
            a6 = Fma.MultiplyAdd(v, Wide(r6 + d), a6);
            a7 = Fma.MultiplyAdd(v, Wide(r7 + d), a7);
        }
        var low = Avx.HorizontalAdd(Avx.HorizontalAdd(a0, a1), Avx.HorizontalAdd(a2, a3));
        var high = Avx.HorizontalAdd(Avx.HorizontalAdd(a4, a5), Avx.HorizontalAdd(a6, a7));
        var sums = Avx.Add(Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
        for (; d < dim; d++)
        {
            var column = Vector256.Create(r0[d], r1[d], r2[d], r3[d], r4[d], r5[d], r6[d], (uint)r7[d]) << 16;
            sums = Fma.MultiplyAdd(Vector256.Create(vector[d]), column.AsSingle(), sums);
        }
        return sums;
    }

    /// <summary>Eight bfloat16 as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Wide(ushort* from) =>
        Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32(from), 16).AsSingle();

    /// <summary>
    /// dots[i] = vector · rows[i]. The order of the sum depends on <paramref name="dim"/> alone, so a dot does not depend
    /// on the rows beside it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Dots(float* vector, float** rows, int dim)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<float> a4 = default, a5 = default, a6 = default, a7 = default;
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        float* r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        long d = 0;
        for (; d + 8 <= dim; d += 8)
        {
            var v = Avx.LoadVector256(vector + d);
            a0 = Fma.MultiplyAdd(v, Avx.LoadVector256(r0 + d), a0);
            a1 = Fma.MultiplyAdd(v, Avx.LoadVector256(r1 + d), a1);
            a2 = Fma.MultiplyAdd(v, Avx.LoadVector256(r2 + d), a2);
            a3 = Fma.MultiplyAdd(v, Avx.LoadVector256(r3 + d), a3);
            a4 = Fma.MultiplyAdd(v, Avx.LoadVector256(r4 + d), a4);
            a5 = Fma.MultiplyAdd(v, Avx.LoadVector256(r5 + d), a5);
            a6 = Fma.MultiplyAdd(v, Avx.LoadVector256(r6 + d), a6);
            a7 = Fma.MultiplyAdd(v, Avx.LoadVector256(r7 + d), a7);
        }
        var low = Avx.HorizontalAdd(Avx.HorizontalAdd(a0, a1), Avx.HorizontalAdd(a2, a3));
        var high = Avx.HorizontalAdd(Avx.HorizontalAdd(a4, a5), Avx.HorizontalAdd(a6, a7));
        var sums = Avx.Add(Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
        for (; d < dim; d++)
        {
            var column = Vector256.Create(r0[d], r1[d], r2[d], r3[d], r4[d], r5[d], r6[d], r7[d]);
            sums = Fma.MultiplyAdd(Vector256.Create(vector[d]), column, sums);
        }
        return sums;
    }
}
