using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class AttentionTests
{
    /// <summary>Queries and keys of the segments of a batch, around vectors, tiles and blocks.</summary>
    static (int Queries, int Keys)[][] Batches { get; } =
    [
        [],
        [(0, 0), (1, 1), (0, 3), (3, 0), (2, 1)],
        [(1, 63), (64, 64), (65, 65), (24, 7), (25, 130)],
        [(3, 1), (7, 63), (1, 65), (127, 64)],
    ];

    [Fact]
    public void Attention_equals_float64()
    {
        int salt = 0;
        foreach (var batch in Batches)
        {
            foreach (var (heads, depth, valueDepth) in new[] { (1, 1, 1), (3, 7, 5), (2, 16, 64), (4, 65, 17), (2, 0, 3), (2, 3, 0) })
            {
                foreach (var weighting in Enum.GetValues<AttentionWeighting>())
                {
                    foreach (var (isCausal, biasRows) in new[] { (false, 0), (true, 0), (false, 1), (true, 6) })
                    {
                        var args = Arguments(batch, (heads, depth, valueDepth), biasRows, salt++) with
                        {
                            Weighting = weighting,
                            IsCausal = isCausal,
                        };
                        Check($"Attention {string.Join(' ', batch)} {heads}x{depth}x{valueDepth} {weighting} {isCausal} {biasRows}", args);
                    }
                }
            }
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var args = Arguments([(30, 40)], (2, 16, 8), 0, 1) with { Scale = 300 };
        double[] expected = Oracle(args);
        // A logit of hundreds has an error of 2^-24 times that, which is the relative error of its exponential.
        FloatCase.Check(
            "large logits", args.Output.Shape, (k, output) => k.Attention(args with { Output = output }), i => (expected[i], 2e-3));
        Assert.All(expected, x => Assert.True(double.IsFinite(x)));
    }

    [Fact]
    public void A_segment_has_the_same_bits_alone_and_beside_others()
    {
        using var workers = new Workers(2);
        (int, int)[] batch = [(5, 9), (64, 65), (1, 130), (0, 4), (33, 33)];
        var args = Arguments(batch, (2, 24, 16), 6, 3) with { IsCausal = true };
        foreach (var kernels in CpuKernels.All(workers))
        {
            kernels.Attention(args);
            var together = args.Output.ToArray();
            for (int b = 0; b < batch.Length; b++)
            {
                var (queries, keys) = batch[b];
                int q = args.QueryStart[b], k = args.KeyStart[b];
                var alone = args with
                {
                    Queries = args.Queries.Rows(q, queries),
                    Keys = args.Keys.Rows(k, keys),
                    Values = args.Values.Rows(k, keys),
                    QueryPlaces = args.QueryPlaces.Rows(q, queries),
                    KeyPlaces = args.KeyPlaces.Rows(k, keys),
                    QueryStart = Tensor.From<int>(0, queries),
                    KeyStart = Tensor.From<int>(0, keys),
                    Output = Tensor.Zeros<float>(new(queries, 32)),
                };
                kernels.Attention(alone);
                float[] part = together[(q * 32)..((q + queries) * 32)];
                FloatCase.AssertEqualBits(part, alone.Output.ToArray(), $"{kernels.Variant}, segment {b}");
            }
        }
    }

    [Fact]
    public void A_causal_query_sees_its_own_key_and_those_before_it_and_the_last_query_sees_all()
    {
        using var workers = new Workers(1);
        var ones = Tensor.Zeros<float>(new(4, 1));
        var values = Tensor.From<float>([1, 10, 100, 1000], new(4, 1));
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (var (queries, expected) in new (int, float[])[] { (4, [1, 5.5f, 37, 277.75f]), (1, [277.75f]), (2, [37, 277.75f]) })
            {
                var args = new AttentionArgs
                {
                    Queries = ones.Rows(0, queries),
                    Keys = ones,
                    Values = values,
                    QueryStart = Tensor.From<int>(0, queries),
                    KeyStart = Tensor.From<int>(0, 4),
                    Heads = 1,
                    Scale = 1,
                    IsCausal = true,
                    Output = Tensor.Zeros<float>(new(queries, 1)),
                };
                kernels.Attention(args);
                for (int i = 0; i < queries; i++) Assert.Equal(expected[i], args.Output[i], 1e-3f);
            }
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        using var workers = new Workers(1);
        var args = Arguments([(3, 4)], (2, 4, 6), 3, 1);
        (AttentionArgs Args, string Says)[] wrong =
        [
            (args with { Heads = 3 }, "3 heads"),
            (args with { Heads = 0 }, "0 heads"),
            (args with { Scale = float.NaN }, "Scale"),
            (args with { Keys = args.Keys.Rows(0, 3) }, "Values"),
            (args with { KeyStart = Tensor.From<int>(0, 3) }, "KeyStart"),
            (args with { QueryPlaces = default }, "QueryPlaces"),
            (args with { Bias = default }, "no Bias"),
            (args with { BiasBounds = Tensor.From<int>(5, 5) }, "ascend"),
            (args with { Output = args.Values.Rows(0, 3) }, "overlap"),
        ];
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (var (call, says) in wrong)
            {
                Assert.Contains(says, Assert.Throws<ArgumentException>(() => kernels.Attention(call)).Message, StringComparison.Ordinal);
            }
        }
    }

    public static AttentionArgs Arguments((int Queries, int Keys)[] batch, (int Heads, int Depth, int ValueDepth) e, int biasRows, int salt)
    {
        int queries = batch.Sum(b => b.Queries), keys = batch.Sum(b => b.Keys);
        var random = new Random(FloatCase.Seed + salt);
        var args = new AttentionArgs
        {
            Queries = FloatCase.Random(new(queries, e.Heads * e.Depth), salt),
            Keys = FloatCase.Random(new(keys, e.Heads * e.Depth), salt + 1),
            Values = FloatCase.Random(new(keys, e.Heads * e.ValueDepth), salt + 2),
            QueryStart = Starts(batch.Select(b => b.Queries)),
            KeyStart = Starts(batch.Select(b => b.Keys)),
            Heads = e.Heads,
            Scale = 1 / MathF.Sqrt(Math.Max(1, e.Depth)),
            Output = Tensor.Zeros<float>(new(queries, e.Heads * e.ValueDepth)),
        };
        if (biasRows == 0) return args;
        return args with
        {
            Bias = FloatCase.Random(new(biasRows, e.Heads), salt + 3),
            BiasBounds = Tensor.From<int>([.. Enumerable.Range(0, biasRows - 1).Select(i => (1 << i) - 3)]),
            QueryPlaces = Tensor.From<int>([.. Enumerable.Range(0, queries).Select(_ => random.Next(-20, 20))]),
            KeyPlaces = Tensor.From<int>([.. Enumerable.Range(0, keys).Select(_ => random.Next(-20, 20))]),
        };
    }

    static Tensor<int> Starts(IEnumerable<int> counts)
    {
        var starts = new List<int> { 0 };
        foreach (int count in counts) starts.Add(starts[^1] + count);
        return Tensor.From<int>([.. starts]);
    }

    static void Check(string what, AttentionArgs args)
    {
        double[] expected = Oracle(args);
        double tolerance = 2e-6 * (2 + (args.Scale * args.Queries.Shape[1] / args.Heads));
        FloatCase.Check(
            what,
            args.Output.Shape,
            (kernels, output) => kernels.Attention(args with { Output = output }),
            i => (expected[i], tolerance));
    }

    /// <summary>All outputs, from the formula.</summary>
    static double[] Oracle(AttentionArgs args)
    {
        var outputs = new double[args.Output.Count];
        int width = (int)args.Output.Shape[1], depth = width / args.Heads;
        for (int query = 0; query < args.Queries.Shape[0]; query++)
        {
            int segment = Enumerable.Range(0, (int)args.QueryStart.Count - 1).Last(b => args.QueryStart[b] <= query);
            int first = args.KeyStart[segment], last = args.KeyStart[segment + 1];
            int later = args.IsCausal ? args.QueryStart[segment + 1] - 1 - query : 0;
            int[] seen = [.. Enumerable.Range(first, Math.Max(0, last - first - later))];
            for (int head = 0; head < args.Heads && seen.Length > 0; head++)
            {
                double[] weights = Weights([.. seen.Select(key => Logit(args, query, key, head))], args.Weighting);
                for (int v = head * depth; v < (head + 1) * depth; v++)
                {
                    outputs[(query * width) + v] = seen.Select((key, n) => weights[n] * args.Values.Row(key)[v]).Sum();
                }
            }
        }
        return outputs;
    }

    static double[] Weights(double[] logits, AttentionWeighting weighting)
    {
        double max = logits.Max(), sum = logits.Sum(x => Math.Exp(x - max));
        return [.. logits.Select(x => weighting == AttentionWeighting.Softmax
            ? Math.Exp(x - max) / sum
            : x / (1 + Math.Exp(-x)) / logits.Length)];
    }

    static double Logit(AttentionArgs args, int query, int key, int head)
    {
        int depth = (int)args.Queries.Shape[1] / args.Heads;
        double logit = 0;
        var q = args.Queries.Row(query);
        var k = args.Keys.Row(key);
        for (int d = head * depth; d < (head + 1) * depth; d++) logit += (double)args.Scale * q[d] * k[d];
        if (!args.Bias.IsPresent) return logit;
        int distance = args.QueryPlaces[query] - args.KeyPlaces[key];
        return logit + args.Bias.Row(args.BiasBounds.ToArray().Count(bound => bound <= distance))[head];
    }
}
