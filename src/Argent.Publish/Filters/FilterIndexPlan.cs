using Argent.Model;

namespace Argent.Publish;

/// <summary>Which features become bitmaps, how ordered ones are coded, and how many Bloom rows a term sets.</summary>
static class FilterIndexPlan
{
    /// <summary>
    /// The largest vocabulary that always gets bitmaps. A value then costs one bit a slot, 64 values as much as four Bloom
    /// terms at a false-positive rate of .001; for that the answer is exact, also under NOT, and needs no verification.
    /// </summary>
    public const int BitmapValuesMax = 64;

    /// <summary>Bitmap rows of all features together: 1,024 bits are 128 bytes a slot, as much as a 128-dimensional code.</summary>
    public const int BitmapRowsMax = 1024;

    // A larger vocabulary gets bitmaps where items have so many values that Bloom terms would take nearly as many bits.
    const double BitmapCostMax = 1.5;

    const int HashCountMax = 8;

    /// <summary>The layout for features and a declared false-positive rate.</summary>
    public static FilterIndexLayout Of(IReadOnlyList<FeatureColumn> columns, double falsePositiveRate)
    {
        int[] firstRow = new int[columns.Count];
        Array.Fill(firstRow, -1);
        int rows = 0, hashCount = HashCount(falsePositiveRate);
        double bitsPerTerm = BitsPerTerm(falsePositiveRate, hashCount);
        var cuts = columns.Select(c => c.Spec.IsOrdered ? OrderedCuts.Of(c.Keys, falsePositiveRate) : null).ToList();
        // Smallest vocabularies first: most features for the rows there are.
        foreach (int feature in Enumerable.Range(0, firstRow.Length).OrderBy(f => columns[f].Vocabulary?.Count ?? int.MaxValue))
        {
            int values = columns[feature].Vocabulary?.Count ?? 0;
            double worth = Math.Max(BitmapValuesMax, BitmapCostMax * bitsPerTerm * MeanValues(columns[feature]));
            if (values == 0 || values > worth || rows + values > BitmapRowsMax) continue;
            firstRow[feature] = rows;
            rows += values;
        }
        // Codes take fewer bits than one Bloom term and answer ranges, so that every ordered feature has them.
        for (int feature = 0; feature < firstRow.Length; feature++)
        {
            if (cuts[feature] is not { } codes) continue;
            firstRow[feature] = rows;
            rows += codes.RowCount;
        }
        return new FilterIndexLayout(firstRow, rows, hashCount) { Cuts = cuts };
    }

    /// <summary>
    /// Half of the log2(1 / rate) hashes that need the fewest bits (Bloom 1970): at a rate of .001, five instead of ten
    /// hashes take 20 % more bits and read half as many rows per term.
    /// </summary>
    public static int HashCount(double falsePositiveRate) =>
        Math.Clamp((int)Math.Ceiling(-Math.Log2(falsePositiveRate) / 2), 1, HashCountMax);

    /// <summary>Bloom bits that each term of an item needs: 17.3 at a rate of .001 and five hashes.</summary>
    static double BitsPerTerm(double rate, int hashCount) => -hashCount / Math.Log(1 - Math.Pow(rate, 1.0 / hashCount));

    static double MeanValues(FeatureColumn column)
    {
        if (column.Spec.IsOrdered || column.Count == 0) return 0;
        long values = 0;
        for (int row = 0; row < column.Count; row++) values += column.Ids(row).Length;
        return (double)values / column.Count;
    }
}
