using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// One query against up to 512 slots: scores go to a tile that stays in the first-level cache, then those that reach
/// the threshold are appended to the collected keys. The loops call nothing, so that all accumulators stay in registers.
/// </summary>
/// <remarks>
/// The dot of codes x and q is the sum of |q| * (x with q's sign): one unsigned-by-signed multiplication that adds pairs
/// in 16 bits without saturation, since codes lie in [-127, 127] and 2 * 127 * 127 &lt; 32,768. Faster than widening
/// both to 16 bits, and as exact.
/// </remarks>
unsafe struct ScanTile
{
    // The processor's own foresight ends at a page; this crosses it.
    const int AheadBytes = 4096;

    /// <summary>The most slots of a tile.</summary>
    public const int SlotsMax = 512;

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

    /// <summary>The query's codes.</summary>
    public sbyte* Query;

    /// <summary>Absolute values of <see cref="Query"/>.</summary>
    public byte* QueryAbs;

    /// <summary>The query's scale.</summary>
    public float QueryScale;

    /// <summary>[512] scores of the tile.</summary>
    public float* Scores;

    /// <summary>[512] item rows of the tile, for chosen slots.</summary>
    public int* TileRows;

    /// <summary>[64] one bit for each slot of the tile: whether it counts.</summary>
    public byte* Masks;

    /// <summary>The score that an item must reach.</summary>
    public float Threshold;

    /// <summary>Scores <paramref name="count"/> slots, a multiple of 8, that follow one another.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScoreRun(ScanTile* tile, long firstSlot, int count)
    {
        sbyte** rows = stackalloc sbyte*[8];
        int dim = tile->Dim;
        sbyte* query = tile->Query;
        byte* queryAbs = tile->QueryAbs;
        sbyte* codes = tile->Codes + firstSlot * dim;
        float* scales = tile->Scales + firstSlot;
        float* bias = tile->Bias + firstSlot;
        float* scores = tile->Scores;
        var queryScale = Vector256.Create(tile->QueryScale);
        for (int i = 0; i < count; i += 8)
        {
            for (int r = 0; r < 8; r++, codes += dim)
            {
                rows[r] = codes;
                for (int line = 0; line < dim; line += 64) Sse.Prefetch0(codes + AheadBytes + line);
            }
            var dots = Dots(rows, dim, query, queryAbs);
            Avx.Store(scores + i, Score(dots, Avx.LoadVector256(scales + i), queryScale, Avx.LoadVector256(bias + i)));
        }
    }

    /// <summary>Scores <paramref name="count"/> chosen slots, a multiple of 8, and fetches their item rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScoreChosen(ScanTile* tile, int* slots, int count)
    {
        sbyte** rows = stackalloc sbyte*[8];
        int dim = tile->Dim;
        sbyte* query = tile->Query;
        byte* queryAbs = tile->QueryAbs;
        sbyte* codes = tile->Codes;
        var queryScale = Vector256.Create(tile->QueryScale);
        for (int i = 0; i < count; i += 8)
        {
            for (int r = 0; r < 8; r++) rows[r] = codes + (long)slots[i + r] * dim;
            var dots = Dots(rows, dim, query, queryAbs);
            var eight = Avx.LoadVector256(slots + i);
            var scales = Avx2.GatherVector256(tile->Scales, eight, sizeof(float));
            var bias = Avx2.GatherVector256(tile->Bias, eight, sizeof(float));
            Avx.Store(tile->Scores + i, Score(dots, scales, queryScale, bias));
            Avx.Store(tile->TileRows + i, Avx2.GatherVector256(tile->Rows, eight, sizeof(int)));
        }
    }

    /// <summary>
    /// Appends the keys of those of <paramref name="count"/> scores, a multiple of 8, that reach the threshold and whose
    /// bit of the masks is set; returns the new end. Up to 8 keys beyond it are overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long* Append(ScanTile* tile, int* rows, int count, long* end)
    {
        byte* masks = tile->Masks;
        float* scores = tile->Scores;
        int* orders = Compaction.Of32;
        var threshold = Vector256.Create(tile->Threshold);
        for (int i = 0; i < count; i += 8)
        {
            var eight = Avx.LoadVector256(scores + i);
            int mask = Avx.MoveMask(Avx.CompareGreaterThanOrEqual(eight, threshold)) & masks[i >> 3];
            if (mask == 0) continue;
            var order = Avx.LoadVector256(orders + mask * 8);
            // The lowest bit of a tie breaker is free for "verified".
            var ties = Avx2.ShiftLeftLogical(Avx.LoadVector256(rows + i), 1);
            RankKey.Store(end, Avx2.PermuteVar8x32(RankKey.Upper(eight), order), Avx2.PermuteVar8x32(ties, order));
            end += BitOperations.PopCount((uint)mask);
        }
        return end;
    }

    /// <summary>The dots of eight rows of codes and the query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Dots(sbyte** rows, int dim, sbyte* query, byte* queryAbs)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<int> a4 = default, a5 = default, a6 = default, a7 = default;
        sbyte* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        sbyte* r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        for (long d = 0; d < dim; d += 32)
        {
            var sign = Avx.LoadVector256(query + d);
            var abs = Avx.LoadVector256(queryAbs + d);
            a0 = Avx2.Add(a0, Dot32(r0 + d, sign, abs));
            a1 = Avx2.Add(a1, Dot32(r1 + d, sign, abs));
            a2 = Avx2.Add(a2, Dot32(r2 + d, sign, abs));
            a3 = Avx2.Add(a3, Dot32(r3 + d, sign, abs));
            a4 = Avx2.Add(a4, Dot32(r4 + d, sign, abs));
            a5 = Avx2.Add(a5, Dot32(r5 + d, sign, abs));
            a6 = Avx2.Add(a6, Dot32(r6 + d, sign, abs));
            a7 = Avx2.Add(a7, Dot32(r7 + d, sign, abs));
        }
        var low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a0, a1), Avx2.HorizontalAdd(a2, a3));
        var high = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a4, a5), Avx2.HorizontalAdd(a6, a7));
        return Avx2.Add(Avx2.Permute2x128(low, high, 0x20), Avx2.Permute2x128(low, high, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Dot32(sbyte* codes, Vector256<sbyte> sign, Vector256<byte> abs)
    {
        var pairs = Avx2.MultiplyAddAdjacent(abs, Avx2.Sign(Avx.LoadVector256(codes), sign));
        return Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
    }

    /// <summary>Rounds after every step, as the reference does; the last addition makes -0 a plain 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Score(
        Vector256<int> dots, Vector256<float> scales, Vector256<float> queryScale, Vector256<float> bias)
    {
        var product = Avx.Multiply(Avx.ConvertToVector256Single(dots), Avx.Multiply(scales, queryScale));
        return Avx.Add(Avx.Add(product, bias), Vector256<float>.Zero);
    }
}
