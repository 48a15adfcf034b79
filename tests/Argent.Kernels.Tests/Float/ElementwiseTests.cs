using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class ElementwiseTests
{
    [Fact]
    public void Every_step_equals_float64_on_equal_and_repeated_shapes_and_in_place()
    {
        foreach (var op in Enum.GetValues<ElementwiseOp>())
        {
            foreach (int rows in new[] { 0, 1, 3, 300 })
            {
                foreach (int columns in (int[])[.. FloatCase.Sizes, 4095])
                {
                    if (rows * columns > 100_000) continue;
                    CheckStep(op, rows, columns, repeats: false);
                    if (op is ElementwiseOp.Add or ElementwiseOp.Multiply && columns > 0) CheckStep(op, rows, columns, repeats: true);
                }
            }
        }
    }

    static void CheckStep(ElementwiseOp op, int rows, int columns, bool repeats)
    {
        var left = FloatCase.Random(new(rows, columns), 1, scale: 10);
        var right = repeats ? FloatCase.Random(new(columns), 2) : FloatCase.Random(new(rows, columns), 2);
        foreach (bool inPlace in new[] { false, true })
        {
            FloatCase.Check(
                $"{op} {rows}x{columns} repeats {repeats} in place {inPlace}",
                left.Shape,
                (kernels, output) =>
                {
                    if (inPlace) output.CopyFrom(left);
                    kernels.Elementwise(new()
                    {
                        Op = op,
                        Left = inPlace ? output : left,
                        Right = op is ElementwiseOp.Add or ElementwiseOp.Multiply ? right : default,
                        Scalar = -1.25f,
                        Output = output,
                    });
                },
                i => Oracle(op, left[i], right.Count == 0 ? 0 : right[i % right.Count]));
        }
    }

    static (double Value, double Tolerance) Oracle(ElementwiseOp op, float left, float right) => op switch
    {
        ElementwiseOp.Add => (left + right, 0),
        ElementwiseOp.Multiply => (left * right, 0),
        ElementwiseOp.Scale => (left * -1.25f, 0),
        ElementwiseOp.Relu => (MathF.Max(0, left), 0),
        _ => (1 / (1 + Math.Exp(-(double)left)), 3e-7 / (1 + Math.Exp(-(double)left))),
    };

    [Fact]
    public void A_repeated_right_side_must_fit_the_rows()
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var error = Assert.Throws<ArgumentException>(() => kernels.Elementwise(new()
            {
                Op = ElementwiseOp.Add,
                Left = Tensor.Zeros<float>(new(2, 3)),
                Right = Tensor.Zeros<float>(new(2)),
                Output = Tensor.Zeros<float>(new(2, 3)),
            }));
            Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_fast_exponential_errs_by_less_than_two_parts_in_ten_million()
    {
        if (!Avx2Kernels.IsSupported) Assert.Skip("This processor has no AVX2.");
        double worst = 0;
        for (int i = 0; i < 100_000; i++)
        {
            float x = -86.9f + (i * ((88.72f + 86.9f) / 100_000));
            double exact = Math.Exp(x);
            double error = Math.Abs(Exponentials.Exp(System.Runtime.Intrinsics.Vector256.Create(x))[i & 7] - exact) / exact;
            worst = Math.Max(worst, error);
        }
        Assert.InRange(worst, 0, 2e-7);
        float[] hostile = [0, -0f, -87, -1000, float.NegativeInfinity, 89, 1e30f, float.PositiveInfinity];
        float[] expected = [1, 1, 0, 0, 0, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity];
        var result = Exponentials.Exp(System.Runtime.Intrinsics.Vector256.Create(hostile));
        for (int i = 0; i < 8; i++) Assert.Equal(expected[i], result[i]);
        Assert.True(float.IsNaN(Exponentials.Exp(System.Runtime.Intrinsics.Vector256.Create(float.NaN))[0]));
    }
}
