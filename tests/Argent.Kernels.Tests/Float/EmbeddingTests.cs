using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class EmbeddingTests
{
    [Fact]
    public void Pooled_rows_equal_float64_and_the_reference_bit_for_bit()
    {
        foreach (int dim in new[] { 0, 1, 7, 64, 65, 127, 200 })
        {
            foreach (var (bags, ids) in new[] { (0, 0), (1, 0), (1, 300), (65, 127), (20, 4095) })
            {
                foreach (var pooling in Enum.GetValues<Pooling>()) CheckPooling(dim, bags, ids, pooling);
            }
        }
    }

    static void CheckPooling(int dim, int bags, int count, Pooling pooling)
    {
        const int Rows = 50;
        var table = FloatCase.Random(new(Rows, dim), 1);
        var ids = FloatCase.RandomIds(count, Rows, 2);
        var start = FloatCase.RandomStart(bags, count, 3);
        float[]? reference = null;
        FloatCase.Check(
            $"SumEmbeddings {bags} bags of {count} ids, {dim} columns, {pooling}",
            new(bags, dim),
            (kernels, output) =>
            {
                kernels.SumEmbeddings(new() { Table = table, Ids = ids, Start = start, Pooling = pooling, Output = output });
                reference ??= output.ToArray();
                FloatCase.AssertEqualBits(reference, output.ToArray(), $"{kernels.Variant} {bags} {dim} {pooling}");
            },
            i =>
            {
                var bag = ids.Span[start[i / dim]..start[(i / dim) + 1]].ToArray().Where(id => id >= 0).ToArray();
                double sum = bag.Sum(id => (double)table[(id * dim) + (i % dim)]);
                double factor = pooling switch
                {
                    Pooling.Sum => 1,
                    Pooling.Mean => 1.0 / Math.Max(1, bag.Length),
                    _ => 1 / Math.Sqrt(bag.Length + 1),
                };
                return (sum * factor, 1e-7 * (bag.Length + 1) * bag.Length * factor);
            });
    }

    [Fact]
    public void Gathered_rows_are_the_rows_and_zero_for_negative_indices()
    {
        foreach (int dim in FloatCase.Sizes)
        {
            foreach (int count in new[] { 0, 1, 65, 4095 })
            {
                var table = FloatCase.Random(new(41, dim), 1);
                var indices = FloatCase.RandomIds(count, 41, 2);
                FloatCase.Check(
                    $"GatherRows {count}x{dim}",
                    new(count, dim),
                    (kernels, output) => kernels.GatherRows(new() { Table = table, Indices = indices, Rows = output }),
                    i => (indices[i / dim] < 0 ? 0 : table[(indices[i / dim] * (long)dim) + (i % dim)], 0));
            }
        }
    }

    [Fact]
    public void Ids_outside_the_table_are_refused_with_the_id_and_the_limit()
    {
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var table = Tensor.Zeros<float>(new(5, 3));
            var gather = Assert.Throws<ArgumentOutOfRangeException>(() => kernels.GatherRows(new()
            {
                Table = table,
                Indices = Tensor.From<int>(1, 5),
                Rows = Tensor.Zeros<float>(new(2, 3)),
            }));
            Assert.Contains("[0, 5)", gather.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.SumEmbeddings(new()
            {
                Table = table,
                Ids = Tensor.From<int>(5),
                Start = Tensor.From<int>(0, 1),
                Output = Tensor.Zeros<float>(new(1, 3)),
            }));
            Assert.Throws<ArgumentException>(() => kernels.SumEmbeddings(new()
            {
                Table = table,
                Ids = Tensor.From<int>(1, 2),
                Start = Tensor.From<int>(0, 2, 1),
                Output = Tensor.Zeros<float>(new(2, 3)),
            }));
        }
    }
}
