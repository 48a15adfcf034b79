using Argent.Kernels;
using Argent.Model.Tests.Filter;
using Argent.Model.Tests.Retrieval;

namespace Argent.Model.Tests.Selectivity;

public sealed class FilterAnalysisTests : IDisposable
{
    const int Seed = 99;

    readonly Workers _workers = new(2);
    readonly SampleModel _sample;
    readonly IKernels _kernels;

    public FilterAnalysisTests()
    {
        _kernels = CpuKernels.Create(_workers);
        // More slots than the masks of one batch.
        _sample = new SampleModel(new SampleOptions { Items = 70_000, Dim = 2, NList = 3 }, _kernels);
    }

    public void Dispose() => _workers.Dispose();

    FilterAnalysis Of(string text, int samples = 3) =>
        FilterAnalysis.Of(_sample.Model, FilterLanguage.Parse(text), samples, _kernels);

    [Fact]
    public void Matches_are_counted_exactly_among_live_items()
    {
        var random = new Random(Seed);
        var filters = new RandomFilters(_sample.Catalogue, random);
        var oracle = new FilterOracle(_sample.Catalogue);
        var lists = _sample.Parts.Index.Lists;
        var dead = new HashSet<int>();
        for (int row = 0; row < 70_000; row += 1 + random.Next(200))
        {
            int slot = lists.SlotOfRow[row];
            lists.Live[slot / 64] &= ~(1UL << (slot % 64));
            dead.Add(row);
        }
        for (int i = 0; i < 30; i++)
        {
            var filter = filters.Next();
            bool[] matches = oracle.Matches(filter);
            int truth = Enumerable.Range(0, matches.Length).Count(row => matches[row] && !dead.Contains(row));
            var found = FilterAnalysis.Of(_sample.Model, filter, 4, _kernels);
            Assert.Equal((70_000 - dead.Count, truth), (found.Counts.Items, found.Counts.Matched));
            Assert.InRange(found.Counts.Passed, truth, found.Counts.Items);
            Assert.InRange(found.Estimate.Most, truth, 70_000);
            Assert.Equal(Math.Min(4, truth), found.Samples.Count);
            Assert.All(found.Samples, slot => Assert.True(matches[lists.Rows[slot]] && !dead.Contains(lists.Rows[slot])));
        }
    }

    [Fact]
    public void Leaves_say_how_they_are_answered_and_what_they_let_pass_by_themselves()
    {
        var found = Of("color = 'red' AND NOT tag IN ('t1', 't2') AND year > 1995 AND (tag = 't3' OR color = 'red') AND tag = 'none'");
        Assert.Equal(
            ["color = 'red'", "NOT tag IN ('t1', 't2')", "year > 1995", "tag = 't3'", "tag = 'none'"],
            found.Leaves.Select(leaf => leaf.Text));
        Assert.Equal(
            [LeafAnswer.Bitmaps, LeafAnswer.Verification, LeafAnswer.Codes, LeafAnswer.Bloom, LeafAnswer.Constant],
            found.Leaves.Select(leaf => leaf.Answer));
        // One bitmap row, three rows of codes of years, and three rows for a Bloom term.
        Assert.Equal([1, 0, 3, 3, 0], found.Leaves.Select(leaf => leaf.Rows));
        var oracle = new FilterOracle(_sample.Catalogue);
        Assert.All(found.Leaves, leaf =>
            Assert.Equal(oracle.Matches(FilterLanguage.Parse(leaf.Text)).Count(m => m), leaf.Counts.Matched));
        Assert.Equal(0, found.Counts.Matched);
    }

    [Fact]
    public void False_positives_are_those_that_pass_the_mask_and_do_not_match()
    {
        var bitmap = Of("color = 'red'");
        Assert.Equal((bitmap.Counts.Matched, 0.0), (bitmap.Counts.Passed, bitmap.FalsePositiveRate));
        // The terms of three other tags can cover those of a tag.
        var bloom = Enumerable.Range(0, 60).Select(tag => Of($"tag = 't{tag}'")).MaxBy(f => f.FalsePositiveRate)!;
        var (items, passed, matched) = bloom.Counts;
        Assert.True(passed > matched, "no tag among 60 has a false positive in 64 Bloom rows");
        Assert.Equal((double)(passed - matched) / (items - matched), bloom.FalsePositiveRate);
        Assert.Equal(0, Of("TRUE").FalsePositiveRate);
    }

    [Fact]
    public void Programs_are_listed_with_the_values_that_they_ask_for()
    {
        var listing = Of("color = 'red' AND NOT (tag = 't3' OR year < 1995)").Listing;
        Assert.Contains("bitmap row 2: color = 'red'", listing.MaskLeaves);
        Assert.Contains("color has any of 'red'", listing.ExactLeaves);
        Assert.Contains("tag has any of 't3'", listing.ExactLeaves);
        Assert.Contains("year from the least to 1994", listing.ExactLeaves);
        Assert.Equal("NOT (e1 OR e2) AND e0", listing.Exact);
        Assert.Contains("Bloom", Of("tag = 't3'").Listing.MaskLeaves[0], StringComparison.Ordinal);
        Assert.EndsWith("tag = 't3'", Of("tag = 't3'").Listing.MaskLeaves[0], StringComparison.Ordinal);
        Assert.Equal("TRUE", Of("").Listing.Mask);
    }

    [Fact]
    public void Without_a_filter_index_every_item_is_verified()
    {
        var blind = new RetrievalModel(_sample.Parts with { Filter = null });
        var found = FilterAnalysis.Of(blind, FilterLanguage.Parse("color = 'red'"), 1, _kernels);
        Assert.Equal((70_000, Of("color = 'red'").Counts.Matched), (found.Counts.Passed, found.Counts.Matched));
        Assert.Equal((LeafAnswer.Verification, 0), (found.Leaves[0].Answer, found.Rows));
    }
}
