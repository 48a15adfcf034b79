using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class CandidatesTests
{
    [Theory]
    [InlineData(0.5, 1, 4, 0, 0.5)]
    [InlineData(0.0, 100, 4, 1, 0.25)]
    [InlineData(0.5, 2, 4, 1, 1 - (0.25 * 0.75))]
    [InlineData(1.0, 3, 10, 5, 1.0)]
    public void The_correction_is_the_logarithm_of_the_probability_to_take_part(
        double share, int targets, int items, int draws, double probability)
    {
        Assert.Equal(Math.Log(probability), Candidates.LogInclusion(share, targets, items, draws), 1e-12);
    }

    [Theory]
    [InlineData(1e-9, 1000, 0)]
    [InlineData(1e-7, 3, 0)]
    [InlineData(1e-5, 1, 7)]
    public void Small_probabilities_keep_their_digits(double share, int targets, int draws)
    {
        const int items = 1_000_000_000;
        // To first order the probability is the expected number; the second order is far below the tolerance.
        double expected = (share * targets) + ((double)draws / items);

        Assert.Equal(1, Math.Exp(Candidates.LogInclusion(share, targets, items, draws)) / expected, 1e-4);
    }

    [Fact]
    public void Corrected_sums_over_the_candidates_estimate_the_sum_over_all_items_without_bias()
    {
        const int seed = 5, items = 60, targets = 10, draws = 8, rounds = 20_000;
        var random = new Random(seed);
        double[] popularity = [.. Enumerable.Range(0, items).Select(i => 1.0 / (i + 1))];
        double[] values = [.. Enumerable.Range(0, items).Select(_ => Math.Exp(random.NextDouble() * 2))];
        var candidates = new Candidates(popularity, all: false, draws, targets);
        double sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            var drawn = Enumerable.Range(0, targets).Select(_ => Draw(popularity, random)).ToList();
            candidates.Choose(drawn, new CounterRandom(seed, Purpose.Negatives, 0, round));
            for (int c = 0; c < candidates.Count; c++) sum += values[candidates.Rows[c]] / Math.Exp(candidates.Correction[c]);
        }

        Assert.Equal(1, sum / rounds / values.Sum(), 0.01);
    }

    [Fact]
    public void Candidates_are_distinct_and_hold_every_target()
    {
        var candidates = new Candidates(Enumerable.Repeat(1.0, 50).ToArray(), all: false, 30, 10);
        candidates.Choose([7, 3, 7, 49], new CounterRandom(1, Purpose.Negatives));
        candidates.Choose([5, 4, 5], new CounterRandom(2, Purpose.Negatives));

        Assert.Equal(candidates.Count, candidates.Rows.ToArray().Distinct().Count());
        Assert.Equal([0, 1], new[] { candidates.Column(5), candidates.Column(4) });
        Assert.All(Enumerable.Range(0, 50), item => Assert.Equal(candidates.Rows.IndexOf(item), candidates.Column(item)));
    }

    [Fact]
    public void All_items_need_no_correction()
    {
        var candidates = new Candidates([1, 0, 2], all: true, 5, 5);
        candidates.Choose([2], new CounterRandom(1, Purpose.Negatives));

        Assert.Equal([0, 1, 2], candidates.Rows.ToArray());
        Assert.True(candidates.Correction.IsEmpty);
    }

    static int Draw(double[] popularity, Random random)
    {
        double at = random.NextDouble() * popularity.Sum();
        int item = 0;
        while (item < popularity.Length - 1 && (at -= popularity[item]) > 0) item++;
        return item;
    }
}
