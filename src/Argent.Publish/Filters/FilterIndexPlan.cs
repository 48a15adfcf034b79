using Argent.Model;

namespace Argent.Publish;

/// <summary>Which features become bitmaps and how many Bloom rows a term sets.</summary>
static class FilterIndexPlan
{
    /// <summary>
    /// The largest vocabulary that gets bitmaps. A value then costs one bit a slot, 64 values as much as four Bloom terms
    /// at a false-positive rate of .001; for that the answer is exact, also under NOT, and needs no verification.
    /// </summary>
    public const int BitmapValuesMax = 64;

    /// <summary>Bitmap rows of all features together: 512 bits are 64 bytes a slot, half of a 128-dimensional code.</summary>
    public const int BitmapRowsMax = 512;

    const int HashCountMax = 8;

    /// <summary>The layout for a schema and a declared false-positive rate.</summary>
    public static FilterIndexLayout Of(FeatureSchema schema, double falsePositiveRate)
    {
        int[] firstRow = new int[schema.Features.Count];
        Array.Fill(firstRow, -1);
        int rows = 0;
        // Smallest vocabularies first: most features for the rows there are.
        foreach (int feature in Enumerable.Range(0, firstRow.Length).OrderBy(f => schema.Vocabularies[f]?.Count ?? int.MaxValue))
        {
            int values = schema.Vocabularies[feature]?.Count ?? 0;
            if (values is 0 or > BitmapValuesMax || rows + values > BitmapRowsMax) continue;
            firstRow[feature] = rows;
            rows += values;
        }
        return new FilterIndexLayout(firstRow, rows, HashCount(falsePositiveRate));
    }

    /// <summary>
    /// Half of the log2(1 / rate) hashes that need the fewest bits (Bloom 1970): at a rate of .001, five instead of ten
    /// hashes take 20 % more bits and read half as many rows per term.
    /// </summary>
    public static int HashCount(double falsePositiveRate) =>
        Math.Clamp((int)Math.Ceiling(-Math.Log2(falsePositiveRate) / 2), 1, HashCountMax);
}
