using Argent.Kernels;
using Argent.Model.Tests.Filter;
using Argent.Model.Tests.Retrieval;

namespace Argent.Model.Tests.Selectivity;

public sealed class SelectivityTests
{
    const int Seed = 314;

    [Fact]
    public void The_number_of_items_that_match_lies_between_the_bounds_of_ten_thousand_random_filters()
    {
        var random = new Random(Seed);
        int exact = 0, useful = 0, filters = 0;
        for (int batch = 0; batch < 100; batch++)
        {
            var index = new FilteredIndex(random);
            var selectivity = Of(index);
            var random100 = new RandomFilters(index.Catalogue, random);
            var oracle = new FilterOracle(index.Catalogue);
            for (int i = 0; i < 100; i++, filters++)
            {
                var filter = random100.Next();
                long truth = oracle.Matches(filter).Count(m => m);
                var found = selectivity.Of(filter);
                bool holds = 0 <= found.Least && found.Least <= truth && truth <= found.Most && found.Most <= index.Catalogue.Count;
                bool isBetween = found.Least <= found.Expected && found.Expected <= found.Most;
                Assert.True(holds && isBetween, $"seed {Seed}: {truth} items, {found}: {filter}");
                if (found.Least == found.Most) exact++;
                if (found.Most < index.Catalogue.Count) useful++;
            }
        }
        // The bounds mean something: many are the number itself, and most say less than "all".
        Assert.InRange(exact, filters / 4, filters);
        Assert.InRange(useful, filters / 2, filters);
    }

    [Theory]
    [InlineData("language = '1'")]
    [InlineData("language IN ('1', '2', 'it''s language 3')")]
    [InlineData("NOT language IN ('1', '2')")]
    [InlineData("author = '50'")]
    [InlineData("EXISTS(author)")]
    [InlineData("NOT EXISTS(year)")]
    [InlineData("year = 5")]
    [InlineData("year BETWEEN 2 AND 7")]
    [InlineData("year >= 2 AND year < 7 AND year != 100")]
    [InlineData("year IN (1, 3, 99)")]
    [InlineData("price < 0.35")]
    [InlineData("language HAS ALL ('1', '2')")]
    [InlineData("year > 7 AND year < 2")]
    [InlineData("genre = 'no such value'")]
    [InlineData("TRUE")]
    public void One_comparison_with_counted_values_is_exact(string text)
    {
        var index = new FilteredIndex(new Random(Seed));
        var filter = FilterLanguage.Parse(text);
        long truth = new FilterOracle(index.Catalogue).Matches(filter).Count(m => m);
        Assert.Equal(MatchEstimate.Exactly(truth), Of(index).Of(filter));
    }

    [Fact]
    public void Independent_values_are_expected_to_meet_by_chance()
    {
        var index = new FilteredIndex(new Random(Seed));
        double Expected(string text) => Of(index).Of(FilterLanguage.Parse(text)).Expected;
        double items = index.Catalogue.Count, one = Expected("language = '1'"), other = Expected("year >= 5");
        Assert.Equal(one * other / items, Expected("language = '1' AND year >= 5"), precision: 9);
        Assert.Equal(one + other - one * other / items, Expected("language = '1' OR year >= 5"), precision: 9);
        Assert.Equal(items - one, Expected("NOT language = '1'"), precision: 9);
    }

    [Fact]
    public void A_prepared_request_carries_the_numbers_of_its_filter_and_of_its_allowed_items()
    {
        using var workers = new Workers(1);
        var sample = new SampleModel(new SampleOptions(), CpuKernels.Create(workers));
        var user = sample.User(new Random(Seed));
        int truth = new FilterOracle(sample.Catalogue).Matches(FilterLanguage.Parse("year = 1995")).Count(m => m);
        var filtered = sample.Model.Prepare(new RetrievalRequest { User = user, K = 5, Filter = "year = 1995" });
        Assert.Equal(truth, filtered.MatchesMax);
        var all = sample.Model.Prepare(new RetrievalRequest { User = user, K = 5 });
        Assert.Equal(700, all.MatchesMax);
        var only = sample.Model.Prepare(new RetrievalRequest { User = user, K = 5, Filter = "year = 1995", Only = ["5", "8"] });
        Assert.Equal(2, only.MatchesMax);
    }

    static Argent.Model.Selectivity Of(FilteredIndex index)
    {
        var forward = new ForwardIndex(index.Catalogue.Schema, index.Forward);
        return new Argent.Model.Selectivity(forward.Schema, forward.Counts, index.Catalogue.Count);
    }
}
