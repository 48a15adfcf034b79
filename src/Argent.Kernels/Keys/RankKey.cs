using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// A score and a tie breaker in one signed 64-bit number whose ascending order is the ranking: score descending, then
/// the lower 32 bits ascending, as unsigned.
/// </summary>
static class RankKey
{
    /// <summary>The key of a score, which is a number, and a tie breaker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(float score, uint tie)
    {
        int bits = BitConverter.SingleToInt32Bits(score);
        // Positive floats rise with their bits, negative ones fall.
        int falling = bits < 0 ? bits ^ int.MinValue : ~bits;
        return ((long)falling << 32) | tie;
    }

    /// <summary>The upper halves of eight keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Upper(Vector256<float> scores)
    {
        var bits = scores.AsInt32();
        var sign = Avx2.ShiftRightArithmetic(bits, 31).AsUInt32();
        return ~Avx2.Xor(bits, Avx2.ShiftRightLogical(sign, 1).AsInt32());
    }

    /// <summary>Stores the eight keys of upper halves and tie breakers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(long* keys, Vector256<int> upper, Vector256<int> ties)
    {
        var even = Avx2.UnpackLow(ties, upper);
        var odd = Avx2.UnpackHigh(ties, upper);
        Avx.Store((int*)keys, Avx2.Permute2x128(even, odd, 0x20));
        Avx.Store((int*)keys + 8, Avx2.Permute2x128(even, odd, 0x31));
    }

    /// <summary>The score of a key, bit for bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(long key)
    {
        int falling = (int)(key >> 32);
        return BitConverter.Int32BitsToSingle(falling < 0 ? ~falling : falling ^ int.MinValue);
    }

    /// <summary>The tie breaker of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Tie(long key) => (uint)key;
}
