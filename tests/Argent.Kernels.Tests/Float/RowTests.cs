using Argent.Tensors;

namespace Argent.Kernels.Tests;

/// <summary>Operations on whole rows: normalisation, concatenation, softmax.</summary>
public sealed class RowTests
{
    static int[] Columns { get; } = [0, 1, 7, 63, 64, 65, 127, 4095];

    [Fact]
    public void Normalised_rows_equal_float64_and_a_row_without_length_becomes_zero()
    {
        foreach (int columns in Columns)
        {
            foreach (int rows in new[] { 0, 1, 67 })
            {
                var input = FloatCase.Random(new(rows, columns), 1, scale: 1e-3f);
                if (rows > 2) input.Row(1).Clear();
                if (rows > 2) input.Row(2).Fill(1e-20f);
                var lengths = Rows(input).Select(row => Math.Sqrt(row.Sum(x => x * x))).ToArray();
                foreach (bool inPlace in new[] { false, true })
                {
                    FloatCase.Check(
                        $"NormalizeRows {rows}x{columns} in place {inPlace}",
                        input.Shape,
                        (kernels, output) =>
                        {
                            if (inPlace) output.CopyFrom(input);
                            kernels.NormalizeRows(new() { Input = inPlace ? output : input, Output = output });
                        },
                        i => (lengths[i / columns] < 1e-12 ? 0 : input[i] / lengths[i / columns], 2e-7));
                }
            }
        }
    }

    [Fact]
    public void Layer_norm_equals_float64_also_far_from_zero()
    {
        foreach (int columns in Columns[1..])
        {
            foreach (float offset in new[] { 0f, 1000f })
            {
                var input = FloatCase.Random(new(33, columns), 1);
                foreach (ref float x in input.Span) x += offset;
                var gain = FloatCase.Random(new(columns), 2);
                var shift = FloatCase.Random(new(columns), 3);
                var moments = Rows(input).Select(Moments).ToArray();
                FloatCase.Check(
                    $"LayerNorm 33x{columns} around {offset}",
                    input.Shape,
                    (kernels, output) => kernels.LayerNorm(new()
                    {
                        Input = input,
                        Gain = gain,
                        Shift = shift,
                        Epsilon = 1e-5f,
                        Output = output,
                    }),
                    i =>
                    {
                        var (mean, variance) = moments[i / columns];
                        double normal = (input[i] - mean) / Math.Sqrt(variance + 1e-5f);
                        return ((normal * gain[i % columns]) + shift[i % columns], 1e-6);
                    });
            }
        }
    }

    [Fact]
    public void Concatenated_columns_are_the_columns()
    {
        foreach (int left in new[] { 0, 1, 65 })
        {
            foreach (int right in new[] { 0, 1, 63, 4095 })
            {
                var a = FloatCase.Random(new(29, left), 1);
                var b = FloatCase.Random(new(29, right), 2);
                FloatCase.Check(
                    $"ConcatColumns {left}+{right}",
                    new(29, left + right),
                    (kernels, output) => kernels.ConcatColumns(new() { Left = a, Right = b, Output = output }),
                    i =>
                    {
                        int row = i / (left + right), column = i % (left + right);
                        return (column < left ? a[(row * left) + column] : b[(row * right) + column - left], 0);
                    });
            }
        }
    }

    [Fact]
    public void Softmax_equals_float64_with_masked_columns_and_large_logits()
    {
        foreach (int columns in Columns)
        {
            var input = FloatCase.Random(new(9, columns), 1, scale: 30);
            for (int i = 0; i < columns; i++)
            {
                if (i % 3 == 1) input.Row(2)[i] = float.NegativeInfinity;
                input.Row(3)[i] = float.NegativeInfinity;
                input.Row(4)[i] *= 1e30f;
            }
            var sums = Rows(input).Select(Exponents).ToArray();
            foreach (bool inPlace in new[] { false, true })
            {
                FloatCase.Check(
                    $"Softmax 9x{columns} in place {inPlace}",
                    input.Shape,
                    (kernels, output) =>
                    {
                        if (inPlace) output.CopyFrom(input);
                        kernels.Softmax(new() { Input = inPlace ? output : input, Output = output });
                    },
                    i =>
                    {
                        var (max, sum) = sums[i / columns];
                        if (double.IsNegativeInfinity(max)) return (0, 0);
                        double value = Math.Exp(input[i] - max) / sum;
                        // The difference to the maximum is rounded at up to 60 * 2^-24 before its exponential.
                        return (value, (value * 5e-6) + 1e-36);
                    });
            }
        }
    }

    [Fact]
    public void A_nan_logit_shows_in_its_row_and_in_no_other()
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (int column in new[] { 0, 15, 16, 20 })
            {
                var input = FloatCase.Random(new(2, 21), 1);
                input.Row(1)[column] = float.NaN;
                var output = new Poisoned(input.Shape);
                kernels.Softmax(new() { Input = input, Output = output.Tensor });
                var values = output.Read();
                Assert.All(values[..21], x => Assert.InRange(x, 0, 1));
                Assert.All(values[21..], x => Assert.True(float.IsNaN(x), kernels.Variant));
            }
        }
    }

    static double[][] Rows(Tensor<float> tensor) =>
        [.. Enumerable.Range(0, (int)tensor.Shape[0]).Select(m => tensor.Row(m).ToArray().Select(x => (double)x).ToArray())];

    static (double Mean, double Variance) Moments(double[] row)
    {
        double mean = row.Average();
        return (mean, row.Average(x => (x - mean) * (x - mean)));
    }

    static (double Max, double Sum) Exponents(double[] row)
    {
        double max = row.DefaultIfEmpty(double.NegativeInfinity).Max();
        return (max, row.Sum(x => Math.Exp(x - max)));
    }
}
