using Argent.Model;

namespace Argent.Publish.Tests.Filters;

public sealed class FilterIndexPlanTests
{
    [Fact]
    public void Small_vocabularies_become_bitmaps_until_the_rows_are_used_up()
    {
        FeatureColumn[] columns =
        [
            Column("wide", 65, 1), FeatureColumn.Ordered(new("year", FeatureType.Integer), new long[10]), Column("small", 3, 1),
            Column("empty", 0, 0), Column("full", 64, 1),
        ];
        var layout = FilterIndexPlan.Of(columns, 0.001);
        // The one year of all items makes codes up to 3: two bits behind the bitmaps.
        Assert.Equal([-1, 67, 0, -1, 3], layout.FirstExactRow);
        Assert.Equal(69, layout.ExactRows);
        Assert.Equal(5, layout.HashCount);

        var crowded = FilterIndexPlan.Of([.. Enumerable.Range(0, 20).Select(i => Column("f" + i, 64, 1))], 0.001);
        Assert.Equal(FilterIndexPlan.BitmapRowsMax, crowded.ExactRows);
        Assert.Equal(16, crowded.FirstExactRow.Count(row => row >= 0));
    }

    [Fact]
    public void A_large_vocabulary_becomes_bitmaps_where_items_have_many_values()
    {
        // 25 terms of 17.3 bits are 432; one and a half times that are 648.
        Assert.Equal([0], FilterIndexPlan.Of([Column("genre", 648, 25)], 0.001).FirstExactRow);
        Assert.Equal([-1], FilterIndexPlan.Of([Column("genre", 660, 25)], 0.001).FirstExactRow);
        Assert.Equal([-1], FilterIndexPlan.Of([Column("genre", 648, 10)], 0.001).FirstExactRow);
    }

    [Theory]
    [InlineData(0.001, 12)]
    [InlineData(0.01, 9)]
    [InlineData(0.5, 4)]
    public void Codes_have_the_bits_that_the_declared_rate_asks_for(double rate, int rows)
    {
        var column = FeatureColumn.Ordered(new("price", FeatureType.Number), [.. Enumerable.Range(0, 100_000).Select(i => i * 7L)]);
        var layout = FilterIndexPlan.Of([column], rate);
        Assert.Equal(rows, layout.ExactRows);
        var cuts = layout.CutsOf(0)!;
        int[] items = new int[cuts.CodeMax + 1];
        foreach (long key in column.Keys) items[cuts.Code(key)]++;
        // A range's two ends lie in at most two gaps.
        Assert.InRange(2.0 * items.Max() / column.Count, 0, rate);
    }

    /// <summary>Ten items with the first values each.</summary>
    static FeatureColumn Column(string name, int vocabulary, int valuesOfItem)
    {
        int[] start = [.. Enumerable.Range(0, 11).Select(i => i * valuesOfItem)];
        int[] values = [.. Enumerable.Range(0, 10).SelectMany(_ => Enumerable.Range(0, valuesOfItem))];
        var texts = new Vocabulary(Enumerable.Range(0, vocabulary).Select(v => $"v{v:000}"));
        return FeatureColumn.Categorical(new FeatureSpec(name, FeatureType.Categories), texts, start, values);
    }
}
