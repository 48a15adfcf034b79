using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class SumNeighboursTests
{
    const int Columns = 3, Column = 1;

    /// <summary>Left in the columns that the operation has no business with.</summary>
    const float Mark = -12345.678f;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    public void Sums_equal_float64_and_the_reference_bit_for_bit_on_any_threads(int candidates)
    {
        for (int round = 0; round < (candidates > 1000 ? 2 : 8); round++)
        {
            int seed = FloatCase.Seed + (100 * candidates) + round;
            var args = Random(new Random(seed), requests: 1 + (round % 4 * 3), candidates);
            float[] reference = Run(args, "reference", 1);
            CheckAgainstFloat64(args, reference, seed);
            foreach (string variant in Variants())
            {
                foreach (int threads in new[] { 1, 2, 3 })
                {
                    FloatCase.AssertEqualBits(reference, Run(args, variant, threads), $"{variant}, {threads} threads, seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void A_request_does_not_depend_on_its_batch_mates()
    {
        int seed = FloatCase.Seed + 9;
        var args = Random(new Random(seed), requests: 12, candidates: 700);
        foreach (string variant in Variants())
        {
            float[] together = Run(args, variant, 2);
            for (int b = 0; b < 12; b++)
            {
                var (past, own) = (args.HistoryStart.Span[b..(b + 2)].ToArray(), args.CandidateStart.Span[b..(b + 2)].ToArray());
                float[] alone = Run(
                    args with
                    {
                        History = args.History.Rows(past[0], past[1] - past[0]),
                        HistoryStart = Tensor.From<int>(0, past[1] - past[0]),
                        Candidates = args.Candidates.Rows(own[0], own[1] - own[0]),
                        CandidateStart = Tensor.From<int>(0, own[1] - own[0]),
                    },
                    variant,
                    1);
                FloatCase.AssertEqualBits(together[own[0]..own[1]], alone, $"{variant}, request {b}, seed {seed}");
            }
        }
    }

    [Fact]
    public void A_past_item_counts_as_often_as_it_comes_and_an_unnamed_candidate_gets_nothing()
    {
        // Row 0 has no neighbours, row 1 names 7 and itself, row 2 names 7 and a number beyond all rows.
        var args = new SumNeighboursArgs
        {
            RowStart = Tensor.From<long>(0, 0, 2, 4),
            Neighbours = Tensor.From<int>(7, 1, 7, int.MaxValue),
            Weights = Tensor.From([(BFloat16)0.5f, (BFloat16)2, (BFloat16)(-0.25f), (BFloat16)8]),
            History = Tensor.From<int>(1, 1, 2, 0, 2),
            HistoryStart = Tensor.From<int>(0, 4, 4, 5, 5),
            Candidates = Tensor.From<int>(7, 1, 7, 3, int.MaxValue, 7, 0, 7, int.MaxValue),
            CandidateStart = Tensor.From<int>(0, 5, 7, 9, 9),
            Output = Tensor.Zeros<float>(new(9, 1)),
            Column = 0,
        };
        foreach (string variant in Variants())
        {
            Assert.Equal([0.75f, 4, 0.75f, 0, 8, 0, 0, -0.25f, 8], Run(args, variant, 2));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(60)]
    public void A_past_item_outside_the_matrix_is_refused_before_anything_is_written(int row)
    {
        var args = Random(new Random(FloatCase.Seed), requests: 2, candidates: 10);
        args = args with { History = Tensor.From<int>(0, row), HistoryStart = Tensor.From<int>(0, 1, 2) };
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var output = Tensor.Zeros<float>(new(10, Columns));
            output.Span.Fill(Mark);
            var error = Assert.Throws<ArgumentOutOfRangeException>(
                () => kernels.SumNeighbours(args with { Output = output, Column = Column }));
            Assert.Contains(row.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
            Assert.Contains("[0, 60)", error.Message, StringComparison.Ordinal);
            Assert.False(output.Span.ContainsAnyExcept(Mark));
        }
    }

    [Fact]
    public void Misshapen_arguments_are_refused_by_name()
    {
        var args = Random(new Random(FloatCase.Seed), requests: 2, candidates: 10) with { Output = Tensor.Zeros<float>(new(10, Columns)) };
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            Refused("Weights", args with { Weights = Tensor.Zeros<BFloat16>(new(3)) });
            Refused("CandidateStart", args with { CandidateStart = Tensor.From<int>(0, 10) });
            Refused("Output", args with { Output = Tensor.Zeros<float>(new(9, Columns)) });
            Refused("Column", args with { Column = Columns });
            Refused("CandidateStart", args with { CandidateStart = Tensor.From<int>(0, 5, 9) });
            Refused("HistoryStart", args with { HistoryStart = Tensor.From<int>(0, 9, 81) });
            Refused("HistoryStart", args with { HistoryStart = Tensor.From<int>(9, 3, 80) });
            Refused("HistoryStart", args with { HistoryStart = Tensor.From<int>(-1, 3, 80) });

            void Refused(string name, SumNeighboursArgs wrong)
            {
                var error = Assert.ThrowsAny<ArgumentException>(() => kernels.SumNeighbours(wrong));
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
            }
        }
    }

    static string[] Variants()
    {
        using var workers = new Workers(1);
        return [.. CpuKernels.All(workers).Select(k => k.Variant)];
    }

    /// <summary>The column that is overwritten, after a look at its neighbours and at what lies around the output.</summary>
    static float[] Run(in SumNeighboursArgs args, string variant, int threads)
    {
        using var workers = new Workers(threads);
        int count = (int)args.Candidates.Count;
        var output = new Poisoned(new(count, Columns));
        output.Tensor.Span.Fill(Mark);
        for (int c = 0; c < count; c++) output.Tensor.Row(c)[Column] = float.NaN;
        FloatCase.Kernels(variant, workers).SumNeighbours(args with { Output = output.Tensor, Column = Column });
        float[] values = output.Read();
        for (int i = 0; i < values.Length; i++)
        {
            if (i % Columns != Column) Assert.Equal(Mark, values[i]);
        }
        return [.. Enumerable.Range(0, count).Select(c => values[(c * Columns) + Column])];
    }

    /// <summary>
    /// Every third row without neighbours, histories and candidates with duplicates, requests without the one or the other,
    /// and candidates that no row names.
    /// </summary>
    internal static SumNeighboursArgs Random(Random random, int requests, int candidates)
    {
        const int Rows = 60;
        int named = (2 * candidates) + 10;
        var start = new List<long> { 0 };
        var neighbours = new List<int>();
        for (int r = 0; r < Rows; r++)
        {
            if (r % 3 > 0) neighbours.AddRange(Enumerable.Range(0, 40).Select(_ => random.Next(named)).Distinct());
            start.Add(neighbours.Count);
        }
        // A batch of one gets everything; others share it out, and the first gets no past items, the last no candidates.
        int[] past = Cuts(80), own = Cuts(candidates);
        if (requests > 1) (past[1], own[requests - 1]) = (0, candidates);
        return new SumNeighboursArgs
        {
            RowStart = Tensor.From<long>([.. start]),
            Neighbours = Tensor.From<int>([.. neighbours]),
            Weights = Tensor.From<BFloat16>([.. neighbours.Select(_ => (BFloat16)((random.NextSingle() * 3) - 1))]),
            History = Tensor.From<int>([.. Enumerable.Range(0, 80).Select(_ => random.Next(Rows))]),
            HistoryStart = Tensor.From<int>(past),
            Candidates = Tensor.From<int>([.. Enumerable.Range(0, candidates).Select(_ => random.Next(named + 20))]),
            CandidateStart = Tensor.From<int>(own),
            Output = default,
            Column = Column,
        };

        int[] Cuts(int count) =>
            [0, .. Enumerable.Range(1, requests - 1).Select(_ => random.Next(count + 1)).Order(), count];
    }

    static void CheckAgainstFloat64(in SumNeighboursArgs args, float[] sums, int seed)
    {
        for (int b = 0; b + 1 < args.CandidateStart.Count; b++)
        {
            for (int c = args.CandidateStart[b]; c < args.CandidateStart[b + 1]; c++)
            {
                double expected = 0, size = 0;
                foreach (int row in args.History.Span[args.HistoryStart[b]..args.HistoryStart[b + 1]])
                {
                    for (long n = args.RowStart[row]; n < args.RowStart[row + 1]; n++)
                    {
                        if (args.Neighbours[n] != args.Candidates[c]) continue;
                        expected += (float)args.Weights[n];
                        size += Math.Abs((float)args.Weights[n]);
                    }
                }
                // 80 past items at most, each addition wrong by half a unit in the last place of the sum so far.
                bool near = Math.Abs(sums[c] - expected) <= 80 * size * Math.Pow(2, -24);
                Assert.True(near, $"candidate {c}: {sums[c]:R}, float64 gives {expected:R}, seed {seed}");
            }
        }
    }
}
