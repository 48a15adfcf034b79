using System.Runtime.CompilerServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The filter index: for each block of 512 slots a slab of bit rows, 8 words a row. The first rows of a slab are exact
/// bitmaps (one per value of a small vocabulary), the others are the block's Bloom rows: a term sets, in the column of
/// its item, the bits of <see cref="HashCount"/> rows.
/// </summary>
/// <remarks>A Bloom answer may include items that do not match; it never omits one that does.</remarks>
public sealed record FilterWords
{
    /// <summary>Slots of a block: 8 words of 64, one cache line a row.</summary>
    public const int BlockSlots = 512;

    /// <summary>Words of one row of a block.</summary>
    public const int BlockWords = BlockSlots / 64;

    /// <summary>[sum of words] uint64; row r of block b starts at <c>BlockStart[b] + r * 8</c>.</summary>
    public required Tensor<ulong> Rows { get; init; }

    /// <summary>[blocks + 1] int64, first word of each block; a block has (next - start) / 8 rows.</summary>
    public required Tensor<long> BlockStart { get; init; }

    /// <summary>Exact bitmap rows at the start of every block.</summary>
    public required int ExactRows { get; init; }

    /// <summary>Bloom rows that each term sets.</summary>
    public required int HashCount { get; init; }

    /// <summary>Row, inside a block of <paramref name="bloomRows"/> Bloom rows, of hash <paramref name="j"/> of a term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BloomRow(ulong term, int j, int bloomRows) =>
        (int)(((ulong)BloomMix(term, j) * (uint)bloomRows) >> 32);

    /// <summary>What <see cref="BloomRow"/> reduces to a block's rows, by multiplication instead of a remainder.</summary>
    /// <remarks>
    /// A hash of its own for every j, by the finaliser of SplitMix64. Double hashing (Kirsch and Mitzenmacher 2006) is two
    /// multiplications cheaper, but two terms that agree in both of its halves agree in all rows, which in narrow blocks
    /// is more frequent than the rate that is promised: of some 30 rows, one pair of terms in 900.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint BloomMix(ulong term, int j)
    {
        ulong mixed = term + (ulong)j * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)(mixed >> 32);
    }
}
