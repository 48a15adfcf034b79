using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class NearestRowsTests
{
    [Theory]
    [InlineData(0, 5, 8)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 31, 7)]
    [InlineData(6, 32, 8)]
    [InlineData(13, 33, 9)]
    [InlineData(191, 64, 64)]
    [InlineData(193, 65, 128)]
    [InlineData(400, 127, 130)]
    public void All_variants_give_the_bits_of_the_definition(int rows, int table, int dim)
    {
        var random = new Random(rows + table);
        foreach (bool ties in new[] { false, true })
        {
            Tensor<float> Draw(Shape shape) =>
                ties ? SearchVariants.Integers(random, shape, 1) : SearchVariants.Floats(random, shape);
            var (values, others, bias) = (Draw(new(rows, dim)), Draw(new(table, dim)), Draw(new(table)));
            foreach (var given in new[] { bias, default })
            {
                var expected = Args(values, others, given);
                new ReferenceKernels(new Workers(1)).NearestRows(expected);
                foreach (var (name, kernels) in SearchVariants.All())
                {
                    var args = Args(values, others, given);
                    kernels.NearestRows(args);
                    Assert.True(expected.Nearest.Span.SequenceEqual(args.Nearest.Span), $"{name}, ties {ties}");
                    Assert.True(expected.Best.Span.SequenceEqual(args.Best.Span), $"{name}, ties {ties}");
                }
                // Where wider tiles are there, the kernels take those.
                var narrow = Args(values, others, given);
                NearestRows<NearestTile256>.Run(narrow, new Workers(1));
                Assert.True(expected.Nearest.Span.SequenceEqual(narrow.Nearest.Span), $"6 x 16, ties {ties}");
                Assert.True(expected.Best.Span.SequenceEqual(narrow.Best.Span), $"6 x 16, ties {ties}");
            }
        }
    }

    [Fact]
    public void The_definition_is_the_largest_score_in_float64()
    {
        var random = new Random(8);
        var (values, others) = (SearchVariants.Floats(random, new(60, 50)), SearchVariants.Floats(random, new(70, 50)));
        var args = Args(values, others, default);
        new ReferenceKernels(new Workers(1)).NearestRows(args);
        for (int r = 0; r < 60; r++)
        {
            double[] scores = new double[70];
            for (int l = 0; l < 70; l++)
            {
                for (int d = 0; d < 50; d++) scores[l] += (double)values.Row(r)[d] * others.Row(l)[d];
            }
            Assert.Equal(scores.Max(), scores[args.Nearest[r]], 1e-5);
            Assert.Equal(scores.Max(), args.Best[r], 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_group_meets_its_own_candidates_only_and_other_rows_stay(int candidates)
    {
        var random = new Random(candidates);
        const int Rows = 700, Table = 90, Groups = 4;
        var (values, others) = (SearchVariants.Floats(random, new(Rows, 20)), SearchVariants.Floats(random, new(Table, 20)));
        int[] members = [.. Enumerable.Range(0, Rows).Where(r => r % 5 != 0)];
        random.Shuffle(members);
        // One group is empty, one longer than a block of rows.
        int[] start = [0, 300, 300, 301, members.Length];
        int[] chosen = [.. Enumerable.Range(0, Groups).SelectMany(g =>
            Enumerable.Range(0, Table).OrderBy(l => (l * 37 + g * 11) % Table).Take(candidates).Order())];
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(values, others, default) with
            {
                GroupStart = Tensor.From<int>(start),
                Members = Tensor.From<int>(members),
                Candidates = Tensor.From<int>(chosen, new(Groups, candidates)),
            };
            args.Nearest.Span.Fill(-7);
            kernels.NearestRows(args);
            for (int r = 0; r < Rows; r += 5) Assert.Equal(-7, args.Nearest[r]);
            for (int m = 0; m < members.Length; m++)
            {
                int group = m < 300 ? 0 : m < 301 ? 2 : 3, row = members[m];
                var own = chosen.AsSpan(group * candidates, candidates);
                float best = float.NegativeInfinity;
                foreach (int l in own) best = Math.Max(best, Score(values.Row(row), others.Row(l)));
                Assert.Contains(args.Nearest[row], own.ToArray());
                Assert.True(best == args.Best[row], $"{name}, row {row}");
            }
        }
    }

    [Fact]
    public void What_is_not_a_number_is_never_nearest()
    {
        var table = Tensor.From<float>([float.NaN, 1, float.NaN, 3, 3], new(5, 1));
        var rows = Tensor.From<float>([1, float.NaN, 0], new(3, 1));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(rows, table, default);
            kernels.NearestRows(args);
            Assert.True(args.Nearest.ToArray().SequenceEqual([3, 0, 1]), name);
            Assert.True(args.Best.ToArray().SequenceEqual([3, float.NegativeInfinity, 0]), name);
        }
    }

    [Fact]
    public void Shapes_and_groups_that_do_not_fit_are_refused()
    {
        var args = Args(Tensor.Zeros<float>(new(2, 8)), Tensor.Zeros<float>(new(3, 8)), default);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            var error = Assert.Throws<ArgumentException>(() => kernels.NearestRows(args with { Table = Tensor.Zeros<float>(new(3, 9)) }));
            Assert.Contains("[3, 9]", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => kernels.NearestRows(args with { Table = Tensor.Zeros<float>(new(0, 8)) }));
            Assert.Throws<ArgumentException>(() => kernels.NearestRows(args with { Members = Tensor.Zeros<int>(new(2)) }));
            var grouped = args with
            {
                GroupStart = Tensor.From<int>(0, 2),
                Members = Tensor.From<int>(0, 1),
                Candidates = Tensor.From<int>([0, 2], new(1, 2)),
            };
            kernels.NearestRows(grouped);
            Assert.Throws<ArgumentException>(() => kernels.NearestRows(
                grouped with { Candidates = Tensor.From<int>([2, 0], new(1, 2)) }));
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.NearestRows(
                grouped with { Candidates = Tensor.From<int>([0, 3], new(1, 2)) }));
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.NearestRows(grouped with { Members = Tensor.From<int>(0, 2) }));
        }
    }

    static float Score(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int d = 0; d < a.Length; d++) sum = MathF.FusedMultiplyAdd(a[d], b[d], sum);
        return sum;
    }

    static NearestRowsArgs Args(Tensor<float> rows, Tensor<float> table, Tensor<float> bias) => new()
    {
        Rows = rows,
        Table = table,
        Bias = bias,
        Nearest = SearchVariants.Poisoned<int>(new(rows.Shape[0])),
        Best = SearchVariants.Poisoned<float>(new(rows.Shape[0])),
    };
}
