using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class ScoreCandidatesTests
{
    [Theory]
    [InlineData(0, 3, 1, 8)]
    [InlineData(1, 0, 1, 8)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 7, 3, 63)]
    [InlineData(3, 8, 2, 64)]
    [InlineData(2, 65, 1, 65)]
    [InlineData(1, 4095, 2, 12)]
    [InlineData(3, 600, 5, 128)]
    public void Scores_are_within_the_documented_error(int requests, int candidates, int heads, int dim)
    {
        var random = new Random(dim);
        foreach (bool biased in new[] { false, true })
        {
            var args = Args(random, (requests, candidates, heads, dim), biased);
            foreach (var (name, kernels) in SearchVariants.All())
            {
                var own = args with { Scores = SearchVariants.Poisoned<float>(args.Scores.Shape) };
                kernels.ScoreCandidates(own);
                for (long i = 0; i < own.Scores.Count; i++) CheckScore(own, i, name);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(128)]
    [InlineData(200)]
    public void A_score_has_the_same_bits_with_other_heads_and_other_candidates(int dim)
    {
        const int Heads = 3, Candidates = 37;
        var together = Args(new Random(dim), (1, Candidates, Heads, dim), biased: true);
        foreach (var (name, kernels) in SearchVariants.All())
        {
            kernels.ScoreCandidates(together);
            for (int h = 0; h < Heads; h++)
            {
                foreach (var (first, count) in new[] { (0, Candidates), (0, 1), (5, 9), (30, 7) })
                {
                    var alone = together with
                    {
                        Queries = together.Queries.Rows(h, 1),
                        Slots = Tensor.From<int>(together.Slots.Span.Slice(first, count), new(1, count)),
                        Scores = SearchVariants.Poisoned<float>(new(1, count, 1)),
                    };
                    kernels.ScoreCandidates(alone);
                    for (int c = 0; c < count; c++)
                    {
                        Assert.True(together.Scores[(first + c) * Heads + h].Equals(alone.Scores[c]), $"{name}, head {h}, {first}+{c}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_slot_outside_the_cache_is_refused()
    {
        var args = Args(new Random(1), (2, 3, 1, 4), biased: true);
        args.Slots[5] = (int)args.Embeddings.Shape[0];
        foreach (var (_, kernels) in SearchVariants.All())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.ScoreCandidates(args));
            var wrong = args with { Queries = Tensor.Zeros<float>(new(3, 4)) };
            var error = Assert.Throws<ArgumentException>(() => kernels.ScoreCandidates(wrong));
            Assert.Contains("[3, 4]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[2, 4]", error.Message, StringComparison.Ordinal);
        }
    }

    static ScoreCandidatesArgs Args(Random random, (int Requests, int Candidates, int Heads, int Dim) size, bool biased)
    {
        const int Slots = 70;
        var embeddings = Tensor.Zeros<BFloat16>(new(Slots, size.Dim));
        for (long i = 0; i < embeddings.Count; i++) embeddings[i] = (BFloat16)(float)(random.NextDouble() - 0.5);
        var slots = Tensor.Zeros<int>(new(size.Requests, size.Candidates));
        for (long i = 0; i < slots.Count; i++) slots[i] = random.Next(-4, Slots);
        return new ScoreCandidatesArgs
        {
            Queries = SearchVariants.Floats(random, new(size.Requests * size.Heads, size.Dim)),
            Embeddings = embeddings,
            Bias = biased ? SearchVariants.Floats(random, new(Slots)) : default,
            Slots = slots,
            Scores = SearchVariants.Poisoned<float>(new(size.Requests, size.Candidates, size.Heads)),
        };
    }

    static void CheckScore(in ScoreCandidatesArgs args, long i, string name)
    {
        long heads = args.Scores.Shape[2], candidates = args.Slots.Shape[1], dim = args.Queries.Shape[1];
        long candidate = i / heads, query = candidate / candidates * heads + i % heads;
        int slot = args.Slots[candidate];
        if (slot < 0)
        {
            Assert.True(float.IsNegativeInfinity(args.Scores[i]), $"{name}: score {i} has no slot");
            return;
        }
        double sum = args.Bias.IsPresent ? args.Bias[slot] : 0, size = Math.Abs(sum);
        for (long d = 0; d < dim; d++)
        {
            double product = (double)args.Queries[query * dim + d] * args.Embeddings[slot * dim + d].ToSingle();
            (sum, size) = (sum + product, size + Math.Abs(product));
        }
        double error = Math.Abs(sum - args.Scores[i]);
        Assert.True(error <= (dim + 1) * Math.Pow(2, -23) * size, $"{name}: score {i} is off by {error}");
    }
}
