using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class BFloat16Tests
{
    [Fact]
    public void A_bfloat16_weight_gives_the_bits_of_the_widened_weight_on_every_variant()
    {
        foreach (var (m, k, n) in Extents())
        {
            var input = FloatCase.Random(new(m, k), 1);
            var weight = Rounded(FloatCase.Random(new(n, k), 2));
            var bias = (m + n) % 3 != 0 ? FloatCase.Random(new(n), 3) : default;
            var panels = RowPanels.OfBFloat16(weight);
            var activation = (Activation)((m + k + n) % 4);
            foreach (int count in new[] { 1, 3 })
            {
                using var workers = new Workers(count);
                foreach (var kernels in CpuKernels.All(workers))
                {
                    var (wide, narrow) = (new Poisoned(new(m, n)), new Poisoned(new(m, n)));
                    kernels.Dense(new()
                    {
                        Input = input,
                        Weight = Wide(weight),
                        Bias = bias,
                        Activation = activation,
                        Output = wide.Tensor,
                    });
                    kernels.DenseBFloat16(new()
                    {
                        Input = input,
                        WeightPanels = panels,
                        Bias = bias,
                        Activation = activation,
                        Output = narrow.Tensor,
                    });
                    FloatCase.AssertEqualBits(wide.Read(), narrow.Read(), $"{m}x{k}x{n}, {kernels.Variant}, {count} threads");
                }
            }
        }
    }

    [Fact]
    public void A_bfloat16_weight_equals_float64_within_the_error_of_a_float32_sum()
    {
        foreach (var (m, k, n) in new[] { (1, 65, 17), (7, 513, 64), (97, 200, 129), (300, 450, 256) })
        {
            var input = FloatCase.Random(new(m, k), 1);
            var weight = Rounded(FloatCase.Random(new(n, k), 2));
            FloatCase.Check(
                $"DenseBFloat16 {m}x{k}x{n}",
                new(m, n),
                (kernels, output) => kernels.DenseBFloat16(new()
                {
                    Input = input,
                    WeightPanels = RowPanels.OfBFloat16(weight),
                    Output = output,
                }),
                i =>
                {
                    double sum = 0, size = 0;
                    for (int d = 0; d < k; d++)
                    {
                        double product = (double)input[((long)(i / n) * k) + d] * weight[((long)(i % n) * k) + d];
                        (sum, size) = (sum + product, size + Math.Abs(product));
                    }
                    return (sum, (k + 2) * Math.Pow(2, -24) * size);
                });
        }
    }

    [Fact]
    public void Panels_of_float_rows_are_the_panels_of_the_rounded_rows()
    {
        var rows = FloatCase.Random(new(35, 9), 4);
        var panels = RowPanels.OfBFloat16(rows);
        Assert.Equal(RowPanels.OfBFloat16(Rounded(rows)).ToArray(), panels.ToArray());
        Assert.Equal((BFloat16)rows[(34 * 9) + 5], panels[(((2 * 9) + 5) * 16) + 2]);
        Assert.Equal(default, panels[(((2 * 9) + 5) * 16) + 3]);
    }

    [Fact]
    public void Gathered_rows_are_the_widened_rows_and_zero_for_negative_indices()
    {
        foreach (int dim in FloatCase.Sizes)
        {
            foreach (int count in new[] { 0, 1, 65, 4095 })
            {
                var table = Rounded(FloatCase.Random(new(41, dim), 1));
                var indices = FloatCase.RandomIds(count, 41, 2);
                FloatCase.Check(
                    $"GatherRowsBFloat16 {count}x{dim}",
                    new(count, dim),
                    (kernels, output) => kernels.GatherRowsBFloat16(new() { Table = table, Indices = indices, Rows = output }),
                    i => (indices[i / dim] < 0 ? 0 : (float)table[(indices[i / dim] * (long)dim) + (i % dim)], 0));
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var gather = Assert.Throws<ArgumentOutOfRangeException>(() => kernels.GatherRowsBFloat16(new()
            {
                Table = Tensor.Zeros<BFloat16>(new(5, 3)),
                Indices = Tensor.From<int>(1, 5),
                Rows = Tensor.Zeros<float>(new(2, 3)),
            }));
            Assert.Contains("[0, 5)", gather.Message, StringComparison.Ordinal);
            var dense = Assert.Throws<ArgumentException>(() => kernels.DenseBFloat16(new()
            {
                Input = Tensor.Zeros<float>(new(2, 3)),
                WeightPanels = Tensor.Zeros<BFloat16>(new(1, 4, 16)),
                Output = Tensor.Zeros<float>(new(2, 16)),
            }));
            Assert.Contains("[1, 3, 16]", dense.Message, StringComparison.Ordinal);
        }
    }

    static IEnumerable<(int M, int K, int N)> Extents() =>
        from m in new[] { 0, 1, 3, 13, 97, 193, 519 }
        from k in new[] { 0, 1, 65, 257, 513 }
        from n in new[] { 0, 1, 2, 4, 16, 17, 65, 127 }
        select (m, k, n);

    static Tensor<BFloat16> Rounded(Tensor<float> values)
    {
        var rounded = Tensor.Zeros<BFloat16>(values.Shape);
        for (long i = 0; i < values.Count; i++) rounded[i] = (BFloat16)values[i];
        return rounded;
    }

    static Tensor<float> Wide(Tensor<BFloat16> values)
    {
        var wide = Tensor.Zeros<float>(values.Shape);
        for (long i = 0; i < values.Count; i++) wide[i] = values[i];
        return wide;
    }
}
