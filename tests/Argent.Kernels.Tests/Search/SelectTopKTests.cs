using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class SelectTopKTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 63)]
    [InlineData(3, 64)]
    [InlineData(5, 65)]
    [InlineData(2, 127)]
    [InlineData(2, 4095)]
    [InlineData(1, 30_000)]
    public void Selection_equals_a_sort_for_every_k(int rows, int columns)
    {
        foreach (int values in new[] { 1, 3, 1 << 24 })
        {
            var random = new Random(columns + values);
            var scores = Tensor.Zeros<float>(new(rows, columns));
            var seconds = Tensor.Zeros<float>(new(rows, columns));
            var ties = Tensor.Zeros<int>(new(rows, columns));
            for (long i = 0; i < scores.Count; i++)
            {
                scores[i] = random.Next(20) switch
                {
                    0 => float.NegativeInfinity,
                    1 => float.NaN,
                    2 => -0f,
                    _ => random.Next(-values, values) / 7f,
                };
                seconds[i] = random.Next(10) == 0 ? float.NaN : random.Next(-3, 3) / 4f * values;
                ties[i] = random.Next(3) == 0 ? random.Next(-5, 5) : random.Next(int.MinValue, int.MaxValue);
            }
            foreach (int kept in new[] { 0, 1, 2, 63, columns / 3, columns, columns + 5 }.Distinct())
            {
                foreach (var second in new[] { default, seconds })
                {
                    Check(scores, second, default, kept);
                    Check(scores, second, ties, kept);
                }
            }
        }
    }

    [Fact]
    public void Infinity_is_the_best_score()
    {
        var scores = Tensor.From<float>([1, float.PositiveInfinity, float.MaxValue, float.NaN, -1], new(1, 5));
        Check(scores, default, default, 5);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var args = Args(Tensor.Zeros<float>(new(2, 8)), default, default, 3);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            var wrong = args with { Positions = Tensor.Zeros<int>(new(2, 4)) };
            var error = Assert.Throws<ArgumentException>(() => kernels.SelectTopK(wrong));
            Assert.Contains("[2, 4]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        }
    }

    static SelectTopKArgs Args(Tensor<float> scores, Tensor<float> seconds, Tensor<int> ties, int kept) => new()
    {
        Scores = scores,
        Seconds = seconds,
        Ties = ties,
        Top = SearchVariants.Poisoned<float>(new(scores.Shape[0], kept)),
        Positions = SearchVariants.Poisoned<int>(new(scores.Shape[0], kept)),
    };

    static void Check(Tensor<float> scores, Tensor<float> seconds, Tensor<int> ties, int kept)
    {
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(scores, seconds, ties, kept);
            kernels.SelectTopK(args);
            for (int b = 0; b < scores.Shape[0]; b++)
            {
                float[] row = scores.Row(b).ToArray();
                int[] order = ties.IsPresent ? ties.Row(b).ToArray() : [.. Enumerable.Range(0, row.Length)];
                float[] second = seconds.IsPresent ? seconds.Row(b).ToArray() : new float[row.Length];
                int[] expected = [.. Enumerable.Range(0, row.Length).Where(c => row[c] > float.NegativeInfinity)
                    .OrderByDescending(c => row[c]).ThenByDescending(c => second[c]).ThenBy(c => order[c]).ThenBy(c => c).Take(kept)];
                int[] places = [.. expected, .. Enumerable.Repeat(-1, kept - expected.Length)];
                string where = $"{name}, {scores.Shape} row {b}, K {kept}, seconds {seconds.IsPresent}, ties {ties.IsPresent}";
                Assert.True(places.SequenceEqual(args.Positions.Row(b).ToArray()), where);
                var top = places.Select(c => BitConverter.SingleToInt32Bits(c < 0 ? float.NegativeInfinity : row[c]));
                Assert.True(top.SequenceEqual(args.Top.Row(b).ToArray().Select(BitConverter.SingleToInt32Bits)), where);
            }
        }
    }
}
