using Argent.Tensors;

namespace Argent.Bench.Tests;

public sealed class PassRateTests
{
    [Fact]
    public void As_many_items_pass_a_filter_as_its_rate_says()
    {
        var catalogue = new PassRateCatalogue(20_000, seed: 3);
        Assert.Equal(3 * PassRateCatalogue.Percents.Count, catalogue.Filters.Count);
        Assert.All(catalogue.Filters, f => Assert.Equal(Math.Max(1, (int)Math.Round(20_000 * f.Percent / 100)), f.Count));
        // Each way has a choice of its own of who passes.
        var tenths = catalogue.Filters.Where(f => f.Percent == 10).ToList();
        Assert.Equal(["range", "bitmap", "Bloom"], tenths.Select(f => f.Way));
        Assert.False(tenths[0].Eligible.SequenceEqual(tenths[1].Eligible));
        Assert.False(tenths[1].Eligible.SequenceEqual(tenths[2].Eligible));
    }

    [Fact]
    public void The_columns_hold_what_the_filters_ask_for()
    {
        var catalogue = new PassRateCatalogue(2_000, seed: 4);
        var (rank, share, tag) = (catalogue.Columns[0], catalogue.Columns[1], catalogue.Columns[2]);
        foreach (var filter in catalogue.Filters.Where(f => f.Percent == 1))
        {
            for (int i = 0; i < 2_000; i++)
            {
                bool passes = filter.Way switch
                {
                    "range" => rank.Keys[i] < filter.Count,
                    "bitmap" => share.Ids(i).Contains(share.Vocabulary!.Find("p1")),
                    _ => tag.Ids(i).Contains(tag.Vocabulary!.Find("p1")),
                };
                Assert.Equal(filter.Eligible[i], passes);
            }
        }
        Assert.InRange(tag.Vocabulary!.Count, 5_000, 6_000);
    }

    [Fact]
    public void Answers_that_lack_an_item_have_a_wrong_one_or_one_twice_are_wrong()
    {
        bool[] eligible = [true, false, true, true];
        var rows = Tensor.From<int>([0, 2, 3, -1, 0, 2, -1, -1, 0, 1, 2, -1, 0, 2, 2, -1, 3, 2, 0, -1], new Shape(5, 4));
        var answers = PassRateAnswers.Of(rows, eligible);
        Assert.Equal((3, 2.8), (answers.Wrong, answers.Returned));
    }
}
