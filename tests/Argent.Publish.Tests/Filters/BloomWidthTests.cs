using Argent.Model;

namespace Argent.Publish.Tests.Filters;

public sealed class BloomWidthTests
{
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.2)]
    public void The_width_is_the_smallest_that_keeps_the_rate(double rate)
    {
        int hashes = FilterIndexPlan.HashCount(rate);
        foreach (int[] items in new[] { [0, 0, 512], [100, 200, 12, 0, 9], new int[200].Append(3).ToArray() })
        {
            int rows = BloomWidth.Rows(items, hashes, rate);
            Assert.True(BloomWidth.Rate(items, hashes, rows) <= rate);
            Assert.True(rows == 8 || BloomWidth.Rate(items, hashes, rows - 1) > rate);
        }
    }

    [Fact]
    public void Items_without_terms_take_the_least()
    {
        Assert.Equal(8, BloomWidth.Rows([512], 5, 0.001));
        Assert.Equal(0, BloomWidth.Rate([512], 5, 8));
        Assert.Equal(0, BloomWidth.Rate([], 5, 8));
    }

    [Fact]
    public void Small_vocabularies_become_bitmaps_until_the_rows_are_used_up()
    {
        FeatureSpec[] features =
        [
            new("wide", FeatureType.Category), new("year", FeatureType.Integer), new("small", FeatureType.Categories),
            new("empty", FeatureType.Category), new("full", FeatureType.Text),
        ];
        var schema = new FeatureSchema(features, [Values(65), null, Values(3), Values(0), Values(64)]);
        var layout = FilterIndexPlan.Of(schema, 0.001);
        Assert.Equal([-1, -1, 0, -1, 3], layout.FirstExactRow);
        Assert.Equal(67, layout.ExactRows);
        Assert.Equal(5, layout.HashCount);

        FeatureSpec[] many = [.. Enumerable.Range(0, 20).Select(i => new FeatureSpec("f" + i, FeatureType.Category))];
        var crowded = FilterIndexPlan.Of(new FeatureSchema(many, [.. many.Select(_ => Values(64))]), 0.001);
        Assert.Equal(FilterIndexPlan.BitmapRowsMax, crowded.ExactRows);
        Assert.Equal(8, crowded.FirstExactRow.Count(row => row >= 0));
    }

    static Vocabulary Values(int count) => new(Enumerable.Range(0, count).Select(i => $"v{i:000}"));
}
