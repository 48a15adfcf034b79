using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// One or two queries against a tile of slots: scores go to a buffer that stays in the first-level cache, then those that
/// reach the threshold are appended to the collected keys. The loops call nothing, so that all sums stay in registers.
/// </summary>
/// <remarks>
/// Rows of codes are read in slot order, eight at a time; two queries share every row that was read. The eight sums of a
/// row are added across at its end: about a fifth of the instructions at 128 dimensions, and the price of keeping one
/// row-major copy of the codes, which picked rows need too.
/// </remarks>
unsafe struct ScanTile
{
    /// <summary>The most slots of a tile: 32 KiB of codes at 128 dimensions.</summary>
    public const int RunMax = 256;

    // Scales and biases are short streams, which the processor's own foresight is late for.
    const int AheadSlots = 128;

    /// <summary>The most picked slots.</summary>
    public const int ChosenMax = 512;

    /// <summary>Codes, scales, biases and item rows by slot.</summary>
    public sbyte* Codes;

    /// <inheritdoc cref="Codes"/>
    public float* Scales;

    /// <inheritdoc cref="Codes"/>
    public float* Bias;

    /// <inheritdoc cref="Codes"/>
    public int* Rows;

    /// <summary>Bytes of a row of codes, a multiple of 64.</summary>
    public int Dim;

    /// <summary>
    /// Scores slots [<paramref name="first"/>, first + count) for one query; count is a multiple of 8. Codes
    /// <paramref name="ahead"/> bytes further are fetched: the processor's own foresight ends at a page.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScoreRun<TDot>(ScanTile* tile, ScanQuery* query, long first, int count, float* scores, long ahead)
        where TDot : struct, IInt8Dot
    {
        long dim = tile->Dim;
        sbyte* codes = tile->Codes + first * dim;
        float* scales = tile->Scales + first;
        float* bias = tile->Bias + first;
        sbyte* signed = query->Codes;
        byte* abs = query->Abs;
        var queryScale = Vector256.Create(query->Scale);
        var offset = Vector256.Create(query->Offset);
        for (int i = 0; i < count; i += 8, codes += 8 * dim)
        {
            Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
            Vector256<int> a4 = default, a5 = default, a6 = default, a7 = default;
            for (long d = 0; d < dim; d += 32)
            {
                sbyte* r = codes + d;
                a0 = TDot.Add(a0, TDot.Load(r), signed + d, abs + d);
                a1 = TDot.Add(a1, TDot.Load(r + dim), signed + d, abs + d);
                a2 = TDot.Add(a2, TDot.Load(r + 2 * dim), signed + d, abs + d);
                a3 = TDot.Add(a3, TDot.Load(r + 3 * dim), signed + d, abs + d);
                r += 4 * dim;
                a4 = TDot.Add(a4, TDot.Load(r), signed + d, abs + d);
                a5 = TDot.Add(a5, TDot.Load(r + dim), signed + d, abs + d);
                a6 = TDot.Add(a6, TDot.Load(r + 2 * dim), signed + d, abs + d);
                a7 = TDot.Add(a7, TDot.Load(r + 3 * dim), signed + d, abs + d);
                for (int line = 0; line < 4; line++) Sse.Prefetch0(codes + ahead + 8 * d + 64 * line);
            }
            Sse.Prefetch0(scales + i + AheadSlots);
            Sse.Prefetch0(bias + i + AheadSlots);
            var dots = Avx2.Add(Across(a0, a1, a2, a3, a4, a5, a6, a7), offset);
            Avx.Store(scores + i, Score(dots, Avx.LoadVector256(scales + i), queryScale, Avx.LoadVector256(bias + i)));
        }
    }

    /// <summary>The same for two queries; the scores of the second go to <see cref="RunMax"/> after the first's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScorePair<TDot>(
        ScanTile* tile, ScanQuery* one, ScanQuery* two, long first, int count, float* scores, long ahead)
        where TDot : struct, IInt8Dot
    {
        long dim = tile->Dim;
        sbyte* codes = tile->Codes + first * dim;
        float* scales = tile->Scales + first;
        float* bias = tile->Bias + first;
        sbyte* signed = one->Codes;
        byte* abs = one->Abs;
        sbyte* signed2 = two->Codes;
        byte* abs2 = two->Abs;
        for (int i = 0; i < count; i += 8, codes += 8 * dim)
        {
            Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
            Vector256<int> a4 = default, a5 = default, a6 = default, a7 = default;
            Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
            Vector256<int> b4 = default, b5 = default, b6 = default, b7 = default;
            for (long d = 0; d < dim; d += 32)
            {
                sbyte* r = codes + d;
                var row = TDot.Load(r);
                (a0, b0) = (TDot.Add(a0, row, signed + d, abs + d), TDot.Add(b0, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + dim);
                (a1, b1) = (TDot.Add(a1, row, signed + d, abs + d), TDot.Add(b1, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + 2 * dim);
                (a2, b2) = (TDot.Add(a2, row, signed + d, abs + d), TDot.Add(b2, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + 3 * dim);
                (a3, b3) = (TDot.Add(a3, row, signed + d, abs + d), TDot.Add(b3, row, signed2 + d, abs2 + d));
                r += 4 * dim;
                row = TDot.Load(r);
                (a4, b4) = (TDot.Add(a4, row, signed + d, abs + d), TDot.Add(b4, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + dim);
                (a5, b5) = (TDot.Add(a5, row, signed + d, abs + d), TDot.Add(b5, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + 2 * dim);
                (a6, b6) = (TDot.Add(a6, row, signed + d, abs + d), TDot.Add(b6, row, signed2 + d, abs2 + d));
                row = TDot.Load(r + 3 * dim);
                (a7, b7) = (TDot.Add(a7, row, signed + d, abs + d), TDot.Add(b7, row, signed2 + d, abs2 + d));
            }
            // Only the first pair of a tile asks for the next tile.
            for (long line = 0; ahead > 0 && line < 8 * dim; line += 64) Sse.Prefetch1(codes + ahead + line);
            var eightScales = Avx.LoadVector256(scales + i);
            var eightBias = Avx.LoadVector256(bias + i);
            var dots = Avx2.Add(Across(a0, a1, a2, a3, a4, a5, a6, a7), Vector256.Create(one->Offset));
            Avx.Store(scores + i, Score(dots, eightScales, Vector256.Create(one->Scale), eightBias));
            dots = Avx2.Add(Across(b0, b1, b2, b3, b4, b5, b6, b7), Vector256.Create(two->Offset));
            Avx.Store(scores + RunMax + i, Score(dots, eightScales, Vector256.Create(two->Scale), eightBias));
        }
    }

    /// <summary>Scores <paramref name="count"/> picked slots, a multiple of 8, for one query.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScoreChosen<TDot>(ScanTile* tile, ScanQuery* query, int* slots, int count, float* scores)
        where TDot : struct, IInt8Dot
    {
        long dim = tile->Dim;
        sbyte* codes = tile->Codes;
        sbyte* signed = query->Codes;
        byte* abs = query->Abs;
        var queryScale = Vector256.Create(query->Scale);
        var offset = Vector256.Create(query->Offset);
        for (int i = 0; i < count; i += 8)
        {
            sbyte* r0 = codes + slots[i] * dim, r1 = codes + slots[i + 1] * dim;
            sbyte* r2 = codes + slots[i + 2] * dim, r3 = codes + slots[i + 3] * dim;
            sbyte* r4 = codes + slots[i + 4] * dim, r5 = codes + slots[i + 5] * dim;
            sbyte* r6 = codes + slots[i + 6] * dim, r7 = codes + slots[i + 7] * dim;
            Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
            Vector256<int> a4 = default, a5 = default, a6 = default, a7 = default;
            for (long d = 0; d < dim; d += 32)
            {
                a0 = TDot.Add(a0, TDot.Load(r0 + d), signed + d, abs + d);
                a1 = TDot.Add(a1, TDot.Load(r1 + d), signed + d, abs + d);
                a2 = TDot.Add(a2, TDot.Load(r2 + d), signed + d, abs + d);
                a3 = TDot.Add(a3, TDot.Load(r3 + d), signed + d, abs + d);
                a4 = TDot.Add(a4, TDot.Load(r4 + d), signed + d, abs + d);
                a5 = TDot.Add(a5, TDot.Load(r5 + d), signed + d, abs + d);
                a6 = TDot.Add(a6, TDot.Load(r6 + d), signed + d, abs + d);
                a7 = TDot.Add(a7, TDot.Load(r7 + d), signed + d, abs + d);
            }
            var dots = Avx2.Add(Across(a0, a1, a2, a3, a4, a5, a6, a7), offset);
            var eight = Avx.LoadVector256(slots + i);
            var scales = Avx2.GatherVector256(tile->Scales, eight, sizeof(float));
            var bias = Avx2.GatherVector256(tile->Bias, eight, sizeof(float));
            Avx.Store(scores + i, Score(dots, scales, queryScale, bias));
        }
    }

    /// <summary>
    /// Appends the keys of those of <paramref name="count"/> scores, a multiple of 64, that reach the threshold and whose
    /// bit of the masks is set; returns the new end. Up to 8 keys beyond it are overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long* Append(float* scores, int* rows, ulong* masks, int count, float least, long* end)
    {
        int* orders = Compaction.Of32;
        var threshold = Vector256.Create(least);
        for (int i = 0; i < count; i += 64)
        {
            // Once the threshold is high, hardly any of 64 scores reaches it: one branch for all of them.
            ulong reach = Reach(scores + i, threshold) | ((ulong)Reach(scores + i + 32, threshold) << 32);
            for (reach &= masks[i >> 6]; reach != 0;)
            {
                int eight = BitOperations.TrailingZeroCount(reach) & ~7;
                int mask = (int)(reach >> eight) & 255;
                var order = Avx.LoadVector256(orders + mask * 8);
                // The lowest bit of a tie breaker is free for "verified".
                var ties = Avx2.ShiftLeftLogical(Avx.LoadVector256(rows + i + eight), 1);
                var upper = RankKey.Upper(Avx.LoadVector256(scores + i + eight));
                RankKey.Store(end, Avx2.PermuteVar8x32(upper, order), Avx2.PermuteVar8x32(ties, order));
                end += BitOperations.PopCount((uint)mask);
                reach &= ~(255UL << eight);
            }
        }
        return end;
    }

    /// <summary>One bit for each of 32 scores: whether it reaches the threshold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Reach(float* scores, Vector256<float> threshold)
    {
        uint m0 = (uint)Avx.MoveMask(Avx.CompareGreaterThanOrEqual(Avx.LoadVector256(scores), threshold));
        uint m1 = (uint)Avx.MoveMask(Avx.CompareGreaterThanOrEqual(Avx.LoadVector256(scores + 8), threshold));
        uint m2 = (uint)Avx.MoveMask(Avx.CompareGreaterThanOrEqual(Avx.LoadVector256(scores + 16), threshold));
        uint m3 = (uint)Avx.MoveMask(Avx.CompareGreaterThanOrEqual(Avx.LoadVector256(scores + 24), threshold));
        return m0 | (m1 << 8) | (m2 << 16) | (m3 << 24);
    }

    /// <summary>The sums of eight vectors, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Across(
        Vector256<int> a0, Vector256<int> a1, Vector256<int> a2, Vector256<int> a3,
        Vector256<int> a4, Vector256<int> a5, Vector256<int> a6, Vector256<int> a7)
    {
        var b0 = Halves(a0, a4);
        var b1 = Halves(a1, a5);
        var b2 = Halves(a2, a6);
        var b3 = Halves(a3, a7);
        var c0 = Avx2.Add(Avx2.UnpackLow(b0, b1), Avx2.UnpackHigh(b0, b1)).AsInt64();
        var c1 = Avx2.Add(Avx2.UnpackLow(b2, b3), Avx2.UnpackHigh(b2, b3)).AsInt64();
        return Avx2.Add(Avx2.UnpackLow(c0, c1).AsInt32(), Avx2.UnpackHigh(c0, c1).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Halves(Vector256<int> a, Vector256<int> b) =>
        Avx2.Add(Avx2.Permute2x128(a, b, 0x20), Avx2.Permute2x128(a, b, 0x31));

    /// <summary>Rounds after every step, as the reference does; the last addition makes -0 a plain 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Score(
        Vector256<int> dots, Vector256<float> scales, Vector256<float> queryScale, Vector256<float> bias)
    {
        var product = Avx.Multiply(Avx.ConvertToVector256Single(dots), Avx.Multiply(scales, queryScale));
        return Avx.Add(Avx.Add(product, bias), Vector256<float>.Zero);
    }
}
