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
    [InlineData(2, 9000, 3)]
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
            var args = Args(q, c, default, 77);
            kernels.Probe(args);
            for (int i = 0; i < 9 * 77; i++)
            {
                double sum = 0, size = 0;
                for (int d = 0; d < 100; d++)
                {
                    double product = (double)q[i / 77 * 100 + d] * c[args.Lists[i] * 100 + d];
                    (sum, size) = (sum + product, size + Math.Abs(product));
                }
                Assert.True(Math.Abs(sum - args.Scores[i]) <= 100 * Math.Pow(2, -23) * size, $"{name}, score {i}");
            }
        }
    }

    [Theory]
    [InlineData(61, 301, 20)]
    [InlineData(1, 15, 15)]
    [InlineData(7, 16, 3)]
    [InlineData(300, 17, 5)]
    [InlineData(127, 2500, 40)]
    [InlineData(64, 4095, 700)]
    [InlineData(8, 8192, 40)]
    [InlineData(7, 12_289, 1024)]
    [InlineData(7, 9000, 1025)]
    public void A_query_probes_the_same_lists_alone_and_in_a_batch(int dim, int lists, int kept)
    {
        var random = new Random(6);
        var (q, c) = (SearchVariants.Floats(random, new(37, dim)), SearchVariants.Floats(random, new(lists, dim)));
        var bias = SearchVariants.Floats(random, new(lists));
        var panels = RowPanels.Of(c);
        float[]? fastScores = null;
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var batch = Args(q, c, bias, kept);
            kernels.Probe(batch);
            foreach (var (first, count) in new[] { (0, 1), (36, 1), (3, 2), (5, 15), (20, 16), (9, 17) })
            {
                foreach (bool prepared in new[] { false, true })
                {
                    // The reference reads centroids only, and slowly.
                    if (kernels is ReferenceKernels && (prepared || lists > 5000)) continue;
                    var some = Args(q.Rows(first, count), c, bias, kept);
                    if (prepared) some = some with { CentroidPanels = panels };
                    kernels.Probe(some);
                    string label = $"{name}, queries {first}+{count}, prepared {prepared}";
                    Assert.True(batch.Scores.Rows(first, count).Span.SequenceEqual(some.Scores.Span), label);
                    Assert.True(batch.Lists.Rows(first, count).Span.SequenceEqual(some.Lists.Span), label);
                }
            }
            if (kernels is ReferenceKernels) continue;
            fastScores ??= batch.Scores.ToArray();
            Assert.True(fastScores.AsSpan().SequenceEqual(batch.Scores.Span), name);
        }
    }

    [Fact]
    public void Lists_are_the_best_in_order_whatever_the_scores_look_like()
    {
        const int Count = 5000;
        var random = new Random(9);
        Func<int, float>[] shapes =
        [
            i => i, i => -i, _ => 7, i => i % 3, i => i < 4990 ? float.NaN : i, i => i % 2 == 0 ? float.NaN : -i,
            i => i == 4321 ? 1 : float.NegativeInfinity, i => i % 1000 == 5 ? float.PositiveInfinity : i,
            i => i < 1024 ? -1e30f : i * 1e-30f, i => MathF.Exp(random.NextSingle() * 80), i => random.NextSingle() - .5f,
            i => i % 2 == 0 ? 0f : -0f, i => i == 77 ? float.MaxValue : -float.MaxValue,
        ];
        for (int s = 0; s < shapes.Length; s++)
        {
            float[] scores = [.. Enumerable.Range(0, Count).Select(shapes[s])];
            int[] expected = [.. Enumerable.Range(0, Count).OrderByDescending(i => Rank(scores[i])).ThenBy(i => i)];
            // The score is a product with 1 and this bias, so that every value arrives as it is.
            var (query, centroids) = (Tensor.From<float>([1f], new(1, 1)), Tensor.Zeros<float>(new(Count, 1)));
            foreach (var (name, kernels) in SearchVariants.All())
            {
                foreach (int kept in new[] { 1, 2, 31, 32, 128, 129, 1023, 1024, 1025, 4999, 5000 })
                {
                    var args = Args(query, centroids, Tensor.From<float>(scores), kept);
                    kernels.Probe(args);
                    Assert.True(expected.AsSpan(0, kept).SequenceEqual(args.Lists.Span), $"{name}, scores {s}, P {kept}");
                }
            }
        }

        static float Rank(float score) => float.IsNaN(score) ? float.NegativeInfinity : score + 0f;
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
            Assert.Throws<ArgumentException>(() => kernels.Probe(args with { CentroidPanels = Tensor.Zeros<float>(new(2, 8, 16)) }));
            Assert.Throws<ArgumentException>(() => kernels.Probe(args with { Lists = Tensor.Zeros<int>(new(2, 4)) }));
            Assert.Throws<ArgumentException>(() => kernels.Probe(args with { Scores = Tensor.Zeros<float>(new(2, 4)) }));
        }
    }

    static ProbeArgs Args(Tensor<float> queries, Tensor<float> centroids, Tensor<float> bias, int kept) => new()
    {
        Queries = queries,
        Centroids = centroids,
        CentroidBias = bias,
        Lists = SearchVariants.Poisoned<int>(new(queries.Shape[0], kept)),
        Scores = SearchVariants.Poisoned<float>(new(queries.Shape[0], kept)),
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
