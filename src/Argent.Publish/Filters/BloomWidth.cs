namespace Argent.Publish;

/// <summary>
/// How many Bloom rows each block gets: the fewest in all for which the expected false-positive rate, averaged over all
/// items, is at most the declared one.
/// </summary>
/// <remarks>
/// The rate is kept on average and not in every block, because a single item with fifty authors would otherwise make its
/// whole block ten times as wide. Where rows are spent is decided by one price of a row for all blocks: each block takes
/// the width at which its false positives plus the price of its rows are least, and the price is the highest that keeps
/// the rate.
/// </remarks>
sealed class BloomWidth
{
    /// <summary>No block has more rows: 65,536 rows of 64 bytes are 4 MB.</summary>
    public const int RowsMax = 65_536;

    // Fewer rows save nothing and make every hash of a later item collide.
    const int RowsMin = 8;

    // Widths that are tried differ by a twentieth: finer steps would save less than two percent.
    const double Step = 1.05;

    const int PriceSteps = 60;

    // The rate is that of all terms together; those that a sample or a day's requests ask for may be less lucky ones.
    const double Margin = 0.9;

    static readonly int[] _widths = Grid();

    readonly int _hashCount;
    readonly Dictionary<int, double[]> _rates = [];

    /// <summary>Widths for terms that set <paramref name="hashCount"/> rows each.</summary>
    public BloomWidth(int hashCount) => _hashCount = hashCount;

    /// <summary>Rows of every block.</summary>
    /// <param name="blocks">By block: how many items have 0, 1, 2, ... terms; no entries for a block without items.</param>
    /// <param name="rate">False positives per item that lacks the term asked for.</param>
    public int[] Rows(IReadOnlyList<int[]> blocks, double rate)
    {
        double[][] expected = [.. blocks.Select(block => Expected(block))];
        double allowed = Margin * rate * blocks.Sum(block => block.Sum(count => (long)count));
        // A price of 0 buys every useful row; at 1 per row an item more or less decides nothing.
        double low = 0, high = 1;
        for (int i = 0; i < PriceSteps; i++)
        {
            double price = (low + high) / 2;
            if (expected.Sum(e => e[Cheapest(e, price)]) <= allowed) low = price;
            else high = price;
        }
        return [.. expected.Select(e => _widths[Cheapest(e, low)])];
    }

    /// <summary>
    /// Expected false positives of one block: how many of its items pass a term that they lack. Exact for hashes that are
    /// drawn independently; that a term's hashes coincide now and then counts, as few different rows pass far more items.
    /// </summary>
    /// <param name="itemsByTerms">How many items have 0, 1, 2, ... terms.</param>
    /// <param name="rows">Bloom rows of the block.</param>
    public double Expected(ReadOnlySpan<int> itemsByTerms, int rows)
    {
        double sum = 0;
        for (int terms = 0; terms < itemsByTerms.Length; terms++) sum += itemsByTerms[terms] * Rate(terms, rows);
        return sum;
    }

    double[] Expected(int[] itemsByTerms)
    {
        double[] sums = new double[_widths.Length];
        for (int terms = 1; terms < itemsByTerms.Length; terms++)
        {
            if (itemsByTerms[terms] == 0) continue;
            double[] rates = RatesOf(terms);
            for (int w = 0; w < sums.Length; w++) sums[w] += itemsByTerms[terms] * rates[w];
        }
        return sums;
    }

    /// <summary>Rates at every width; kept, because most blocks have items with the same few numbers of terms.</summary>
    double[] RatesOf(int terms)
    {
        if (!_rates.TryGetValue(terms, out double[]? rates))
        {
            rates = [.. _widths.Select(rows => Rate(terms, rows))];
            _rates.Add(terms, rates);
        }
        return rates;
    }

    /// <summary>
    /// The chance that the different rows of a term were all drawn by an item's hashCount * t draws: by the number d of
    /// different rows, one minus the chance that one is missing, by inclusion and exclusion.
    /// </summary>
    double Rate(int terms, int rows)
    {
        double[] different = Different(rows);
        double rate = 0;
        for (int d = 1; d <= Math.Min(_hashCount, rows); d++)
        {
            double all = 0, choose = 1;
            for (int missing = 0; missing <= d; missing++)
            {
                all += choose * Math.Pow(1 - (double)missing / rows, (double)_hashCount * terms);
                choose *= -(double)(d - missing) / (missing + 1);
            }
            rate += different[d] * Math.Max(all, 0);
        }
        return rate;
    }

    /// <summary>By d: the chance that hashCount draws of rows are of d different ones.</summary>
    double[] Different(int rows)
    {
        double[] chances = new double[_hashCount + 1];
        chances[0] = 1;
        for (int draw = 0; draw < _hashCount; draw++)
        {
            for (int d = draw + 1; d > 0; d--) chances[d] = (chances[d] * d + chances[d - 1] * (rows - d + 1)) / rows;
            chances[0] = 0;
        }
        return chances;
    }

    static int Cheapest(double[] expected, double price)
    {
        int best = 0;
        for (int w = 1; w < expected.Length; w++)
        {
            if (expected[w] + price * _widths[w] < expected[best] + price * _widths[best]) best = w;
        }
        return best;
    }

    static int[] Grid()
    {
        var widths = new List<int>();
        for (double rows = RowsMin; rows < RowsMax; rows = Math.Max(rows + 1, rows * Step)) widths.Add((int)rows);
        widths.Add(RowsMax);
        return [.. widths];
    }
}
