namespace Argent.Publish;

/// <summary>How many Bloom rows a block needs for a false-positive rate.</summary>
static class BloomWidth
{
    /// <summary>No block has more rows: 65,536 rows of 64 bytes are 4 MB, the price of one absurd item.</summary>
    public const int RowsMax = 65_536;

    // Fewer rows save nothing and make every hash of a later item collide.
    const int RowsMin = 8;

    /// <summary>The fewest rows whose expected rate, averaged over the items, is at most <paramref name="rate"/>.</summary>
    /// <param name="itemsByTerms">How many items have 0, 1, 2, ... terms.</param>
    /// <param name="hashCount">Rows that a term sets.</param>
    /// <param name="rate">False positives per item that lacks the term asked for.</param>
    public static int Rows(ReadOnlySpan<int> itemsByTerms, int hashCount, double rate)
    {
        int low = RowsMin, high = RowsMax;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Rate(itemsByTerms, hashCount, middle) <= rate) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// <summary>
    /// The expected rate: an item with t terms has each of <paramref name="rows"/> bits set with the chance
    /// 1 - (1 - 1 / rows)^(hashCount * t), and a term that it lacks needs hashCount of them.
    /// </summary>
    public static double Rate(ReadOnlySpan<int> itemsByTerms, int hashCount, int rows)
    {
        double sum = 0;
        long items = 0;
        double logClear = Math.Log(1 - 1.0 / rows);
        for (int terms = 0; terms < itemsByTerms.Length; terms++)
        {
            if (itemsByTerms[terms] == 0) continue;
            double set = 1 - Math.Exp(logClear * hashCount * terms);
            sum += itemsByTerms[terms] * Math.Pow(set, hashCount);
            items += itemsByTerms[terms];
        }
        return items == 0 ? 0 : sum / items;
    }
}
