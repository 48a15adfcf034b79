using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench.Tests;

public sealed class VectorSetTests
{
    [Fact]
    public void A_mixture_is_the_same_for_every_number_of_threads_and_another_for_another_seed()
    {
        using var folder = new TemporaryFolder();
        byte[] one = Written(folder, 1, seed: 5), three = Written(folder, 3, seed: 5), other = Written(folder, 1, seed: 6);
        Assert.Equal(one, three);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Fewer_rows_of_a_mixture_are_the_first_rows_of_more()
    {
        using var folder = new TemporaryFolder();
        using var workers = new Workers(2);
        foreach (int items in new[] { 1500, 2600 })
        {
            var mixture = new Mixture { Items = items, Queries = 3, Dim = 24 };
            mixture.Write(folder[$"{items}.npy"], folder[$"q{items}.npy"], workers, Progress.None);
        }
        var (few, many) = (NpyReader.Read<float>(folder["1500.npy"]), NpyReader.Read<float>(folder["2600.npy"]));
        Assert.Equal(new Shape(2600, 24), many.Shape);
        Assert.True(few.Span.SequenceEqual(many.Rows(0, 1500).Span));
    }

    [Fact]
    public void Items_differ_in_length_and_queries_have_length_1()
    {
        using var folder = new TemporaryFolder();
        using var workers = new Workers(1);
        new Mixture { Items = 500, Queries = 20 }.Write(folder["x.npy"], folder["q.npy"], workers, Progress.None);
        double[] items = Lengths(NpyReader.Read<float>(folder["x.npy"])), queries = Lengths(NpyReader.Read<float>(folder["q.npy"]));
        Assert.All(queries, l => Assert.Equal(1, l, 5));
        Assert.InRange(items.Average(), 0.95, 1.06);
        Assert.InRange(Math.Sqrt(items.Average(l => Math.Log(l) * Math.Log(l))), 0.07, 0.13);
    }

    [Theory]
    [InlineData(Metric.InnerProduct, 1)]
    [InlineData(Metric.InnerProduct, 200)]
    [InlineData(Metric.L2, 37)]
    public void Exact_search_finds_what_scoring_every_item_in_float64_finds(Metric metric, int k)
    {
        using var workers = new Workers(2);
        // More items than a block holds, and the last block is short.
        var (items, queries) = (Random(16_384 + 321, 8, 1), Random(5, 8, 2));
        var found = ExactSearch.Run(items, metric, queries, k, CpuKernels.Create(workers), Progress.None);
        for (int q = 0; q < 5; q++)
        {
            double[] scores = [.. Enumerable.Range(0, (int)items.Shape[0]).Select(row => Score(items.Row(row), queries.Row(q), metric))];
            int[] expected = [.. Enumerable.Range(0, scores.Length).OrderByDescending(row => scores[row]).Take(k)];
            // Neighbours in the order may change places where float32 cannot tell them apart.
            for (int i = 0; i < k; i++) Assert.Equal(scores[expected[i]], scores[found.Row(q)[i]], 5);
            Assert.Equal(k, found.Row(q).ToArray().Distinct().Count());
        }
    }

    [Fact]
    public void Exact_search_for_more_than_there_is_ends_in_minus_one()
    {
        using var workers = new Workers(1);
        var found = ExactSearch.Run(Random(3, 8, 1), Metric.InnerProduct, Random(1, 8, 2), 5, CpuKernels.Create(workers), Progress.None);
        Assert.Equal([0, 1, 2], found.Row(0).ToArray()[..3].Order());
        Assert.Equal([-1, -1], found.Row(0).ToArray()[3..]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1024)]
    public void Probes_to_try_ascend_from_1_to_all_lists(int nlist)
    {
        var values = SearchValues.Probes(nlist);
        Assert.Equal((1, nlist), (values[0], values[^1]));
        Assert.True(values.SequenceEqual(values.Distinct().Order()));
    }

    [Fact]
    public void The_smallest_value_that_reaches_a_recall_is_found_for_every_goal()
    {
        int[] values = [.. Enumerable.Range(1, 57)];
        for (int goal = 1; goal <= 57; goal++)
        {
            var found = SearchValues.Smallest(values, v => v / 100.0, goal / 100.0);
            Assert.Equal((goal, goal / 100.0), found);
        }
        Assert.Null(SearchValues.Smallest(values, v => v / 100.0, 0.58));
    }

    [Fact]
    public void Recall_counts_each_exact_item_once_and_ignores_empty_places()
    {
        var truth = Tensor.From<int>([1, 2, 3, 4, 9, 9, 5, 6, -1, -1, 9, 9], new Shape(2, 6));
        var found = Tensor.From<int>([4, 4, 1, 7, 6, -1, 8, -1], new Shape(2, 4));
        // Of the first query 1 and 4 of four, of the second 6 of the two that exist.
        Assert.Equal(3.0 / 6, SearchValues.Recall(found, truth), 12);
    }

    static byte[] Written(TemporaryFolder folder, int threads, ulong seed)
    {
        using var workers = new Workers(threads);
        new Mixture { Items = 3000, Queries = 5, Dim = 16, Seed = seed }.Write(folder["i"], folder["q"], workers, Progress.None);
        return [.. File.ReadAllBytes(folder["i"]), .. File.ReadAllBytes(folder["q"])];
    }

    static double[] Lengths(Tensor<float> rows) =>
        [.. Enumerable.Range(0, (int)rows.Shape[0]).Select(r => Math.Sqrt(rows.Row(r).ToArray().Sum(v => (double)v * v)))];

    static Tensor<float> Random(int rows, int dim, int seed)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros<float>(new Shape(rows, dim));
        foreach (ref float value in tensor.Span) value = (float)(random.NextDouble() * 2 - 1);
        return tensor;
    }

    static double Score(Span<float> item, Span<float> query, Metric metric)
    {
        double dot = 0, square = 0;
        for (int d = 0; d < item.Length; d++) (dot, square) = (dot + (double)item[d] * query[d], square + (double)item[d] * item[d]);
        return metric == Metric.L2 ? dot - square / 2 : dot;
    }
}
