using System.Globalization;
using Argent.Model;

namespace Argent.Bench;

/// <summary>A filter, how the filter index answers it, and who passes.</summary>
/// <param name="Way"><c>range</c>, <c>bitmap</c> or <c>Bloom</c>.</param>
/// <param name="Percent">Share of the items that pass, in per cent.</param>
/// <param name="Text">In the filter language.</param>
/// <param name="Eligible">By item whether it passes.</param>
sealed record PassRateFilter(string Way, double Percent, string Text, bool[] Eligible)
{
    /// <summary>How many pass.</summary>
    public int Count { get; } = Eligible.Count(passes => passes);
}

/// <summary>
/// Items with three features that are made for pass rates from 100 to 0.001 %: a rank of its own for every item, one of few
/// values for each rate, and the same among thousands of other values. Who passes has nothing to do with vectors.
/// </summary>
sealed class PassRateCatalogue
{
    const int OtherTags = 5000;

    readonly List<PassRateFilter> _filters = [];

    /// <summary>The rates in per cent.</summary>
    public static IReadOnlyList<double> Percents { get; } = [100, 50, 10, 1, 0.1, 0.01, 0.001];

    /// <summary>A catalogue.</summary>
    public PassRateCatalogue(int items, ulong seed)
    {
        var random = new Random((int)seed);
        int[] ranks = Order(items, random), shares = Order(items, random), tags = Order(items, random);
        Columns =
        [
            FeatureColumn.Ordered(new FeatureSpec("rank", FeatureType.Integer), [.. ranks.Select(rank => (long)rank)]),
            Sets("share", shares, 0, random),
            Sets("tag", tags, OtherTags, random),
        ];
        foreach (double percent in Percents)
        {
            int count = Count(items, percent);
            bool[] Passing(int[] order) => [.. order.Select(place => place < count)];
            _filters.Add(new PassRateFilter("range", percent, FormattableString.Invariant($"rank < {count}"), Passing(ranks)));
            _filters.Add(new PassRateFilter("bitmap", percent, $"share = '{Value(percent)}'", Passing(shares)));
            _filters.Add(new PassRateFilter("Bloom", percent, $"tag = '{Value(percent)}'", Passing(tags)));
        }
    }

    /// <summary>The features by row.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Three filters for each rate, from frequent to rare.</summary>
    public IReadOnlyList<PassRateFilter> Filters => _filters;

    static int Count(int items, double percent) => Math.Max(1, (int)Math.Round(items * percent / 100));

    static string Value(double percent) => "p" + percent.ToString("0.###", CultureInfo.InvariantCulture);

    static int[] Order(int items, Random random)
    {
        int[] order = [.. Enumerable.Range(0, items)];
        random.Shuffle(order);
        return order;
    }

    /// <summary>The value of every rate that an item's place is within, and one of some others.</summary>
    static FeatureColumn Sets(string name, int[] places, int others, Random random)
    {
        var vocabulary = new Vocabulary(Percents.Select(Value)
            .Concat(Enumerable.Range(0, others).Select(i => string.Create(CultureInfo.InvariantCulture, $"other {i}"))));
        int[] ids = [.. Percents.Select(percent => vocabulary.Find(Value(percent)))];
        int[] counts = [.. Percents.Select(percent => Count(places.Length, percent))];
        int[] other = [.. Enumerable.Range(0, vocabulary.Count).Except(ids)];
        int[] start = new int[places.Length + 1];
        var values = new List<int>(2 * places.Length);
        for (int i = 0; i < places.Length; i++)
        {
            int first = values.Count;
            for (int p = 0; p < ids.Length; p++)
            {
                if (places[i] < counts[p]) values.Add(ids[p]);
            }
            if (others > 0) values.Add(other[random.Next(other.Length)]);
            values.Sort(first, values.Count - first, null);
            start[i + 1] = values.Count;
        }
        return FeatureColumn.Categorical(new FeatureSpec(name, FeatureType.Categories), vocabulary, start, [.. values]);
    }
}
