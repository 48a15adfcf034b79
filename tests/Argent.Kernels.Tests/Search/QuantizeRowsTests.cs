using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class QuantizeRowsTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 63)]
    [InlineData(5, 64)]
    [InlineData(2, 65)]
    [InlineData(600, 16)]
    [InlineData(3, 4095)]
    public void Codes_and_scales_have_equal_bits_in_every_variant_and_small_errors(int rows, int dim)
    {
        foreach (bool centered in new[] { false, true })
        {
            var random = new Random(dim);
            var input = SearchVariants.Floats(random, new(rows, dim));
            var center = centered ? SearchVariants.Floats(random, new(dim)) : default;
            sbyte[]? codes = null;
            float[]? scales = null;
            foreach (var (name, kernels) in SearchVariants.All())
            {
                var args = Args(input, center);
                kernels.QuantizeRows(args);
                Assert.True((codes ??= args.Codes.ToArray()).SequenceEqual(args.Codes.ToArray()), name);
                Assert.True((scales ??= args.Scales.ToArray()).SequenceEqual(args.Scales.ToArray()), name);
                CheckErrors(args, name);
            }
        }
    }

    [Fact]
    public void Halves_round_to_even_and_extremes_keep_the_largest_code()
    {
        var input = Tensor.From<float>(
            [127, 0.5f, 1.5f, -0.5f, -2.5f, -127, 63.5f, 64.5f, 2.5f, -3.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], new(2, 10));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(input, default);
            kernels.QuantizeRows(args);
            sbyte[] expected = [127, 0, 2, 0, -2, -127, 64, 64, 2, -4];
            Assert.True(expected.SequenceEqual(args.Codes.Row(0)[..10].ToArray()), name);
            Assert.Equal(0f, args.Scales[1]);
            Assert.True(args.Codes.Row(1).ToArray().All(c => c == 0), name);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 63)]
    [InlineData(300, 65)]
    public void A_given_scale_is_every_rows_scale_and_clamped_values_are_counted(int rows, int dim)
    {
        const float Scale = 0.006f;
        var random = new Random(dim);
        var (input, center) = (SearchVariants.Floats(random, new(rows, dim)), SearchVariants.Floats(random, new(dim)));
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(input, center) with { Scale = Scale, Clamped = SearchVariants.Poisoned<int>(new(rows)) };
            kernels.QuantizeRows(args);
            Assert.All(args.Scales.ToArray(), s => Assert.Equal(Scale, s));
            for (int r = 0; r < rows; r++)
            {
                int clamped = 0;
                for (int d = 0; d < dim; d++)
                {
                    float nearest = MathF.Round((input.Row(r)[d] - center[d]) / Scale);
                    Assert.Equal(Math.Clamp(nearest, -127f, 127f), args.Codes.Row(r)[d]);
                    if (MathF.Abs(nearest) > 127) clamped++;
                }
                Assert.True(args.Clamped[r] == clamped, $"{name}, row {r}");
            }
            kernels.QuantizeRows(args with { Scale = 0 });
            Assert.All(args.Clamped.ToArray(), c => Assert.Equal(0, c));
            foreach (float wrong in new[] { -1f, float.NaN, float.PositiveInfinity })
            {
                Assert.Throws<ArgumentException>(() => kernels.QuantizeRows(args with { Scale = wrong }));
            }
        }
    }

    [Theory]
    [InlineData(1e-45f)]
    [InlineData(1e-40f)]
    [InlineData(3e38f)]
    public void Tiny_and_huge_rows_have_codes_in_range(float largest)
    {
        var input = Tensor.From<float>([largest, -largest, largest / 2, 0, largest, 0, 0, 0, -largest], new(1, 9));
        sbyte[]? codes = null;
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(input, default);
            kernels.QuantizeRows(args);
            Assert.True((codes ??= args.Codes.ToArray()).SequenceEqual(args.Codes.ToArray()), name);
            Assert.True(codes.All(c => c >= -127), name);
        }
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused_with_its_row()
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var input = Tensor.Zeros<float>(new(900, 9));
            (input[700 * 9 + 8], input[300 * 9 + 1]) = (bad, bad);
            foreach (var (_, kernels) in SearchVariants.All())
            {
                var error = Assert.Throws<ArgumentException>(() => kernels.QuantizeRows(Args(input, default)));
                Assert.Contains("row 300 of Rows [900, 9]", error.Message, StringComparison.Ordinal);
            }
        }
    }

    static QuantizeRowsArgs Args(Tensor<float> rows, Tensor<float> center) => new()
    {
        Rows = rows,
        Center = center,
        Codes = SearchVariants.Poisoned<sbyte>(new(rows.Shape[0], (rows.Shape[1] + 63) / 64 * 64)),
        Scales = SearchVariants.Poisoned<float>(new(rows.Shape[0])),
    };

    static void CheckErrors(in QuantizeRowsArgs args, string name)
    {
        long dim = args.Rows.Shape[1], padded = args.Codes.Shape[1];
        for (long i = 0; i < args.Codes.Count; i++)
        {
            long row = i / padded, d = i % padded;
            if (d >= dim)
            {
                Assert.True(args.Codes[i] == 0, $"{name}: padding of row {row}");
                continue;
            }
            double value = args.Rows[row * dim + d] - (args.Center.IsPresent ? args.Center[d] : 0f);
            double error = Math.Abs(value - args.Codes[i] * (double)args.Scales[row]);
            Assert.True(error <= args.Scales[row] * 0.50001, $"{name}: row {row}, column {d} is off by {error}");
        }
    }
}
