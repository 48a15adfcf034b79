using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class ProbeTests
{
    [Theory]
    [InlineData(0, 5, 8)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1024, 128)]
    [InlineData(2, 63, 7)]
    [InlineData(17, 64, 64)]
    [InlineData(33, 65, 65)]
    [InlineData(5, 4095, 3)]
    [InlineData(3, 127, 130)]
    public void Probe_equals_the_definition_on_whole_numbers(int queries, int lists, int dim)
    {
        var random = new Random(lists);
        // Few different values: many lists tie.
        var q = SearchVariants.Integers(random, new(queries, dim), 2);
        var c = SearchVariants.Integers(random, new(lists, dim), 2);
        var bias = SearchVariants.Integers(random, new(lists), 1);
        foreach (int kept in new[] { 0, 1, 8, lists / 2, lists }.Where(p => p <= lists).Distinct())
        {
            foreach (bool biased in new[] { false, true })
            {
                int[] expected = Expected(q, c, biased ? bias : default, kept);
                foreach (var (name, kernels) in SearchVariants.All())
                {
                    var args = Args(q, c, biased ? bias : default, kept);
                    kernels.Probe(args);
                    Assert.True(expected.SequenceEqual(args.Lists.ToArray()), $"{name}, P {kept}, biased {biased}");
                }
            }
        }
    }

    [Fact]
    public void Probe_scores_are_within_rounding_of_float64()
    {
        var random = new Random(4);
        var (q, c) = (SearchVariants.Floats(random, new(9, 100)), SearchVariants.Floats(random, new(77, 100)));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(q, c, default, 10);
            kernels.Probe(args);
            for (int i = 0; i < 9 * 77; i++)
            {
                double sum = 0, size = 0;
                for (int d = 0; d < 100; d++)
                {
                    double product = (double)q[i / 77 * 100 + d] * c[i % 77 * 100 + d];
                    (sum, size) = (sum + product, size + Math.Abs(product));
                }
                Assert.True(Math.Abs(sum - args.ListScores[i]) <= 100 * Math.Pow(2, -23) * size, $"{name}, score {i}");
            }
        }
    }

    [Fact]
    public void A_query_probes_the_same_lists_alone_and_in_a_batch()
    {
        var random = new Random(6);
        var (q, c) = (SearchVariants.Floats(random, new(37, 61)), SearchVariants.Floats(random, new(301, 61)));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var batch = Args(q, c, default, 20);
            kernels.Probe(batch);
            for (int i = 0; i < 37; i++)
            {
                var alone = Args(q.Rows(i, 1), c, default, 20);
                kernels.Probe(alone);
                Assert.True(batch.ListScores.Row(i).SequenceEqual(alone.ListScores.Span), $"{name}, query {i}");
                Assert.True(batch.Lists.Row(i).SequenceEqual(alone.Lists.Span), $"{name}, query {i}");
            }
        }
    }

    [Fact]
    public void A_score_that_is_not_a_number_is_the_worst()
    {
        float[] scores = [float.NaN, 1, float.NegativeInfinity, 2, float.NaN, -3, 0, -0f, 5, 5];
        var centroids = Tensor.From<float>(scores, new(10, 1));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(Tensor.From<float>([1f], new(1, 1)), centroids, default, 10);
            kernels.Probe(args);
            Assert.True(args.Lists.ToArray().SequenceEqual([8, 9, 3, 1, 6, 7, 5, 0, 2, 4]), name);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var args = Args(Tensor.Zeros<float>(new(2, 8)), Tensor.Zeros<float>(new(3, 8)), default, 3);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            var wide = args with { Centroids = Tensor.Zeros<float>(new(3, 9)) };
            var error = Assert.Throws<ArgumentException>(() => kernels.Probe(wide));
            Assert.Contains("[3, 9]", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => kernels.Probe(args with { Lists = Tensor.Zeros<int>(new(2, 4)) }));
            Assert.Throws<ArgumentException>(() => kernels.Probe(args with { ListScores = default }));
        }
    }

    static ProbeArgs Args(Tensor<float> queries, Tensor<float> centroids, Tensor<float> bias, int kept) => new()
    {
        Queries = queries,
        Centroids = centroids,
        CentroidBias = bias,
        ListScores = SearchVariants.Poisoned<float>(new(queries.Shape[0], centroids.Shape[0])),
        Lists = SearchVariants.Poisoned<int>(new(queries.Shape[0], kept)),
    };

    static int[] Expected(Tensor<float> queries, Tensor<float> centroids, Tensor<float> bias, int kept)
    {
        var lists = new List<int>();
        for (int q = 0; q < queries.Shape[0]; q++)
        {
            double Score(int l)
            {
                double sum = bias.IsPresent ? bias[l] : 0;
                for (int d = 0; d < queries.Shape[1]; d++) sum += queries.Row(q)[d] * (double)centroids.Row(l)[d];
                return sum;
            }
            var all = Enumerable.Range(0, (int)centroids.Shape[0]);
            lists.AddRange(all.OrderByDescending(Score).ThenBy(l => l).Take(kept));
        }
        return [.. lists];
    }
}
