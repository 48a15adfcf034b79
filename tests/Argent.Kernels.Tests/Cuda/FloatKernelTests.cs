using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Steps on rows of floats on a device: the bits of the vector kernels.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class FloatKernelTests(EmulatedDevice device)
{
    /// <summary>Rows and columns around lanes and warps; the last are more than one block of a sum of exponentials.</summary>
    public static TheoryData<int, int> Extents() =>
        new(new[] { (0, 3), (1, 1), (33, 7), (2, 8), (5, 15), (17, 16), (3, 17), (65, 63), (4, 0), (1, 64), (2, 1050) });

    [Theory]
    [MemberData(nameof(Extents))]
    public void Elementwise_steps(int rows, int columns)
    {
        var shape = new Shape(rows, columns);
        var (left, right, line) = (Hostile(shape, 1), FloatCase.Random(shape, 2), FloatCase.Random(new(columns), 3));
        foreach (var op in Enum.GetValues<ElementwiseOp>())
        {
            foreach (var other in op is ElementwiseOp.Add or ElementwiseOp.Multiply ? new[] { right, line } : [default])
            {
                Check($"{op} {shape}", shape, (kernels, output) => kernels.Elementwise(new()
                {
                    Op = op,
                    Left = left,
                    Right = other,
                    Scalar = -1.7f,
                    Output = output,
                }));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Extents))]
    public void Rows_that_are_normalized_weighed_and_joined(int rows, int columns)
    {
        var shape = new Shape(rows, columns);
        var input = FloatCase.Random(shape, 1, 20);
        // A row of zeros, and one that is far from zero beside its differences.
        if (rows > 2) input.Row(2).Clear();
        if (rows > 3) foreach (ref float x in input.Row(3)) x += 1e5f;
        var (gain, shift) = (FloatCase.Random(new(columns), 2), FloatCase.Random(new(columns), 3));
        Check($"NormalizeRows {shape}", shape, (kernels, output) => kernels.NormalizeRows(new() { Input = input, Output = output }));
        Check($"LayerNorm {shape}", shape, (kernels, output) => kernels.LayerNorm(new()
        {
            Input = input,
            Gain = gain,
            Shift = shift,
            Epsilon = 1e-5f,
            Output = output,
        }));
        Check($"Softmax {shape}", shape, (kernels, output) => kernels.Softmax(new() { Input = input, Output = output }));
        var right = FloatCase.Random(new(rows, 3), 4);
        Check($"ConcatColumns {shape}", new(rows, columns + 3), (kernels, output) => kernels.ConcatColumns(new()
        {
            Left = input,
            Right = right,
            Output = output,
        }));
    }

    [Fact]
    public void Softmax_of_rows_without_a_largest_number_and_in_place()
    {
        float low = float.NegativeInfinity;
        var input = FloatCase.Random(new(6, 19), 1, 5);
        input.Row(0).Fill(low);
        input.Row(1)[7] = float.NaN;
        input.Row(2).Fill(low);
        input.Row(2)[18] = float.NaN;
        input.Row(3)[0] = float.PositiveInfinity;
        input.Row(4)[17] = low;
        Check("Softmax", input.Shape, (kernels, output) => kernels.Softmax(new() { Input = input, Output = output }));
        Check("Softmax in place", input.Shape, (kernels, output) =>
        {
            input.Span.CopyTo(output.Span);
            kernels.Softmax(new() { Input = output, Output = output });
        });
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(1, 1, 3)]
    [InlineData(9, 63, 40)]
    [InlineData(7, 65, 127)]
    public void Pooled_rows(int bags, int columns, int ids)
    {
        var table = FloatCase.Random(new(50, columns), 1);
        var (some, start) = (FloatCase.RandomIds(ids, 50, 2), FloatCase.RandomStart(bags, ids, 3));
        foreach (var pooling in Enum.GetValues<Pooling>())
        {
            Check($"{pooling} {bags} of {ids}", new(bags, columns), (kernels, output) => kernels.SumEmbeddings(new()
            {
                Table = table,
                Ids = some,
                Start = start,
                Pooling = pooling,
                Output = output,
            }));
        }
    }

    [Theory]
    [InlineData(0, 1, 2, 2, 4, 1)]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(13, 3, 4, 2, 17, 3)]
    [InlineData(40, 5, 9, 3, 8, 2)]
    [InlineData(7, 2, 3, 1, 0, 1)]
    public void Mixtures_of_logits(int count, int requests, int p, int q, int dim, int tasks)
    {
        var extents = (count, requests, p, q, dim, tasks);
        var dots = MixtureTests.Dots(extents, Tensor.Zeros<float>(new(count, p * q)));
        Check($"ComponentDots {extents}", new(count, p * q), (kernels, output) => kernels.ComponentDots(dots with { Dots = output }));
        foreach (bool drops in new[] { false, true })
        {
            var mix = MixtureTests.Mix(extents, drops, Tensor.Zeros<float>(new(count, tasks)));
            Check($"MixLogits {extents}", new(count, tasks), (kernels, output) => kernels.MixLogits(mix with { Values = output }));
        }
    }

    /// <summary>Random numbers, and those for which an exponential is special.</summary>
    static Tensor<float> Hostile(Shape shape, int salt)
    {
        float[] special = [float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 88.8f, -88.8f, 87, -87, 1e-45f, 3e38f, float.NaN];
        var values = FloatCase.Random(shape, salt, 8);
        for (int i = 0; i < values.Count && i < special.Length; i++) values[i * 7 % values.Count] = special[i];
        return values;
    }

    void Check(string what, Shape shape, Action<IKernels, Tensor<float>> run)
    {
        Assert.SkipUnless(Avx2Kernels.IsSupported, "The order of the sums is that of the AVX2 kernels.");
        var expected = SearchVariants.Poisoned<float>(shape);
        run(new Avx2Kernels(new Workers(1), isVnni: false), expected);
        device.InEveryLaneOrder(name =>
        {
            var own = SearchVariants.Poisoned<float>(shape);
            run(device.Kernels, own);
            for (int i = 0; i < own.Count; i++)
            {
                // A NaN is a NaN: a device has one, a processor keeps that of an operand.
                bool isEqual = float.IsNaN(expected[i]) ? float.IsNaN(own[i])
                    : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(own[i]);
                Assert.True(isEqual, $"{what}, {name}: [{i}] is {own[i]:R}, not {expected[i]:R}");
            }
        });
    }
}
