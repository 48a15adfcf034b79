using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class DenseTests
{
    /// <summary>M, K, N.</summary>
    public static TheoryData<int, int, int> Extents()
    {
        var data = new TheoryData<int, int, int>();
        foreach (int m in new[] { 0, 1, 2, 5, 7, 97 })
        {
            foreach (int k in new[] { 0, 1, 7, 65, 257 })
            {
                foreach (int n in new[] { 0, 1, 16, 17, 65 }) data.Add(m, k, n);
            }
        }
        data.Add(1, 4095, 127);
        data.Add(3, 127, 4095);
        data.Add(96, 63, 64);
        data.Add(193, 513, 127);
        return data;
    }

    [Fact]
    public void Dense_equals_float64_within_the_error_of_a_float32_sum()
    {
        foreach (var row in Extents())
        {
            var (m, k, n) = row.Data;
            var activation = (Activation)((m + k + n) % 4);
            bool hasBias = (m + n) % 3 != 0;
            var input = FloatCase.Random(new(m, k), 1);
            var weight = FloatCase.Random(new(n, k), 2);
            var bias = hasBias ? FloatCase.Random(new(n), 3) : default;
            FloatCase.Check(
                $"Dense {m}x{k}x{n} {activation} {(hasBias ? "with" : "without")} bias",
                new(m, n),
                (kernels, output) => kernels.Dense(new()
                {
                    Input = input,
                    Weight = weight,
                    Bias = bias,
                    Activation = activation,
                    Output = output,
                }),
                i => Oracle(input, weight, bias, activation, i));
        }
    }

    [Fact]
    public void Prepared_weights_give_the_bits_of_the_weights_on_tiles_of_any_width()
    {
        foreach (var row in Extents().Concat(Hostile()))
        {
            var (m, k, n) = row.Data;
            var (input, weight) = (FloatCase.Random(new(m, k), 1), FloatCase.Random(new(n, k), 2));
            var bias = (m + n) % 3 != 0 ? FloatCase.Random(new(n), 3) : default;
            foreach (int count in new[] { 1, 3 })
            {
                using var workers = new Workers(count);
                if (!Avx2Kernels.IsSupported) continue;
                var args = new DenseArgs { Input = input, Weight = weight, Bias = bias, Output = default };
                float[] expected = Run(args, narrow: true, workers);
                args = args with { WeightPanels = RowPanels.Of(weight, workers) };
                FloatCase.AssertEqualBits(expected, Run(args, narrow: false, workers), $"{m}x{k}x{n}, {count} threads");
                FloatCase.AssertEqualBits(expected, Run(args, narrow: true, workers), $"{m}x{k}x{n}, {count} threads, narrow");
            }
        }
    }

    [Fact]
    public void Activations_of_extreme_sums_have_the_same_bits_on_tiles_of_any_width()
    {
        if (!Avx2Kernels.IsSupported) return;
        using var workers = new Workers(1);
        float[] sums =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 200, -200, 88.7f, 88.8f, 89, -86.9f, -86.8f, -87, -88.7f,
            -89, 1e-30f, -1e-30f, 1e-45f, 3.4e38f, -3.4e38f, 16, -16, 0.5f, -0.5f, 1, -1, 20, -20, 87, -87.3f, 104, -104,
        ];
        var weight = Tensor.From<float>(sums, new(sums.Length, 1));
        // The activation of Run follows from the extents.
        foreach (int m in new[] { 12, 13, 14, 15 })
        {
            var input = Tensor.From<float>([.. Enumerable.Repeat(1f, m)], new(m, 1));
            var args = new DenseArgs { Input = input, Weight = weight, WeightPanels = RowPanels.Of(weight), Output = default };
            FloatCase.AssertEqualBits(Run(args, narrow: true, workers), Run(args, narrow: false, workers), $"{m} rows");
        }
    }

    static IEnumerable<TheoryDataRow<int, int, int>> Hostile() =>
        from k in new[] { 1, 7, 8, 63, 64, 65, 127, 200, 513 }
        from m in new[] { 1, 3, 4, 11, 12, 13, 15, 16, 17, 29 }
        from n in new[] { 15, 16, 17, 33, 63, 129, 144 }
        select new TheoryDataRow<int, int, int>(m, k, n);

    static unsafe float[] Run(in DenseArgs args, bool narrow, Workers workers)
    {
        int m = (int)args.Input.Shape[0], k = (int)args.Input.Shape[1], n = (int)args.Weight.Shape[0];
        var output = new Poisoned(new(m, n));
        GemmAvx2.Run(
            new Gemm
            {
                A = args.Input.Pointer,
                ARow = k,
                AColumn = 1,
                B = args.Weight.Pointer,
                BRow = 1,
                BColumn = k,
                Panels = args.WeightPanels.Pointer,
                C = output.Tensor.Pointer,
                CRow = n,
                Bias = args.Bias.Pointer,
                M = m,
                N = n,
                K = k,
                Activation = (Activation)((m + k + n) % 4),
                IsNarrow = narrow,
            },
            workers);
        return output.Read();
    }

    [Fact]
    public void A_row_does_not_depend_on_its_batch_mates()
    {
        using var workers = new Workers(2);
        var weight = FloatCase.Random(new(83, 777), 2);
        var bias = FloatCase.Random(new(83), 3);
        var input = FloatCase.Random(new(250, 777), 1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (var activation in Enum.GetValues<Activation>())
            {
                var all = new Poisoned(new(250, 83));
                kernels.Dense(new() { Input = input, Weight = weight, Bias = bias, Activation = activation, Output = all.Tensor });
                foreach (var (first, count) in new[] { (0, 1), (249, 1), (3, 2), (100, 5), (17, 90), (5, 200) })
                {
                    var some = new Poisoned(new(count, 83));
                    kernels.Dense(new()
                    {
                        Input = input.Rows(first, count),
                        Weight = weight,
                        Bias = bias,
                        Activation = activation,
                        Output = some.Tensor,
                    });
                    FloatCase.AssertEqualBits(
                        all.Tensor.Rows(first, count).ToArray(), some.Read(), $"{kernels.Variant} {activation} rows {first}+{count}");
                }
            }
        }
    }

    [Fact]
    public void Large_and_small_sums_saturate_as_they_should()
    {
        using var workers = new Workers(1);
        var input = Tensor.From<float>([1f], new(1, 1));
        var weight = Tensor.From<float>([200, -200, 0, float.NaN, float.PositiveInfinity], new(5, 1));
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (int rows in new[] { 1, 7 })
            {
                var inputs = Tensor.From<float>([.. Enumerable.Repeat(input[0], rows)], new(rows, 1));
                var output = new Poisoned(new(rows, 5));
                kernels.Dense(new() { Input = inputs, Weight = weight, Activation = Activation.Sigmoid, Output = output.Tensor });
                Assert.Equal([1, 0, 0.5f, float.NaN, 1], output.Read()[..5]);
                kernels.Dense(new() { Input = inputs, Weight = weight, Activation = Activation.Relu, Output = output.Tensor });
                Assert.Equal([200, 0, 0, float.NaN, float.PositiveInfinity], output.Read()[..5]);
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var error = Assert.Throws<ArgumentException>(() => kernels.Dense(new()
            {
                Input = Tensor.Zeros<float>(new(2, 3)),
                Weight = Tensor.Zeros<float>(new(4, 5)),
                Output = Tensor.Zeros<float>(new(2, 4)),
            }));
            Assert.Contains("[4, 5]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        }
    }

    static (double Value, double Tolerance) Oracle(
        Tensor<float> input, Tensor<float> weight, Tensor<float> bias, Activation activation, int index)
    {
        long columns = weight.Shape[0];
        var x = input.Row(index / columns);
        var w = weight.Row(index % columns);
        double sum = bias.IsPresent ? bias[index % columns] : 0, size = Math.Abs(sum);
        for (int k = 0; k < x.Length; k++)
        {
            sum += (double)x[k] * w[k];
            size += Math.Abs((double)x[k] * w[k]);
        }
        double sigmoid = 1 / (1 + Math.Exp(-sum));
        double value = activation switch
        {
            Activation.None => sum,
            Activation.Relu => Math.Max(0, sum),
            Activation.Sigmoid => sigmoid,
            _ => sum * sigmoid,
        };
        // A float32 sum of K terms errs by at most K * 2^-24 of the sum of sizes; the activations are no steeper than 1.1.
        return (value, (1.1 * (x.Length + 2) * Math.Pow(2, -24) * size) + (5e-7 * Math.Abs(value)) + 1e-30);
    }
}
