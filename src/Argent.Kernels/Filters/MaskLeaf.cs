using System.Numerics;

namespace Argent.Kernels;

/// <summary>How a leaf of a mask is answered.</summary>
public enum MaskLeafKind
{
    /// <summary>By one bitmap row: exact.</summary>
    Bitmap,

    /// <summary>By the rows of a Bloom term: may include slots that lack the term, never omits one that has it.</summary>
    Bloom,

    /// <summary>By a range of the codes in some rows, one row a bit of the code: exact in codes.</summary>
    Codes,
}

/// <summary>One test of the filter index.</summary>
public readonly record struct MaskLeaf
{
    /// <summary>The most rows of a code.</summary>
    public const int CodeRowsMax = 30;

    /// <summary>How it is answered.</summary>
    public MaskLeafKind Kind { get; private init; }

    /// <summary>The bitmap row, or the row of a code's lowest bit; 0 for a Bloom term.</summary>
    public int Row { get; private init; }

    /// <summary>Rows of a code, 1 to <see cref="CodeRowsMax"/>; 1 for a bitmap, 0 for a Bloom term.</summary>
    public int RowCount { get; private init; }

    /// <summary>True when the slots that fail the test are asked for; never for a Bloom term.</summary>
    public bool Negated { get; private init; }

    /// <summary>Hash of a Bloom term.</summary>
    public ulong Term { get; private init; }

    /// <summary>Lowest code.</summary>
    public int Low { get; private init; }

    /// <summary>Highest code, included.</summary>
    public int High { get; private init; }

    /// <summary>The slots of a bitmap row, or the others.</summary>
    public static MaskLeaf Bitmap(int row, bool negated = false) =>
        new() { Kind = MaskLeafKind.Bitmap, Row = row, RowCount = 1, Negated = negated };

    /// <summary>The slots that may have a term.</summary>
    public static MaskLeaf Bloom(ulong term) => new() { Kind = MaskLeafKind.Bloom, Term = term };

    /// <summary>
    /// The slots whose code lies in [<paramref name="low"/>, <paramref name="high"/>], or the others. Bit b of a code is
    /// in row <paramref name="row"/> + b (bit-sliced index, O'Neil and Quass 1997).
    /// </summary>
    public static MaskLeaf Codes(int row, int rowCount, int low, int high, bool negated = false) => new()
    {
        Kind = MaskLeafKind.Codes,
        Row = row,
        RowCount = rowCount,
        Low = low,
        High = high,
        Negated = negated,
    };

    /// <summary>
    /// The lowest bit of the codes that has to be looked at: below it every code of the range's first and last stretch is
    /// inside, as the lowest code ends in zeros there and the highest in ones.
    /// </summary>
    internal int FirstBit => Math.Min(
        RowCount, Math.Min(BitOperations.TrailingZeroCount(Low), BitOperations.TrailingZeroCount(~High)));

    /// <summary>Demands that the rows are those of an index.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal void Check(FilterWords? words)
    {
        if (Kind == MaskLeafKind.Bloom) return;
        if (Row < 0 || (words is not null && Row + (long)RowCount > words.ExactRows))
        {
            throw new ArgumentException(
                $"A filter tests rows {Row} to {Row + (long)RowCount - 1} of an index with {words?.ExactRows} bitmap rows.");
        }
        bool fits = Kind == MaskLeafKind.Bitmap
            || (RowCount is >= 1 and <= CodeRowsMax && Low >= 0 && Low <= High && High < 1 << RowCount);
        if (!fits) throw new ArgumentException($"A filter tests codes {Low} to {High} in {RowCount} rows.");
    }
}
