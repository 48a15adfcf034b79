using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Dense layers on a device: the bits of the vector kernel.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class DenseKernelTests(EmulatedDevice device)
{
    /// <summary>M, K, N around tiles, slices and blocks of the depth.</summary>
    public static TheoryData<int, int, int> Extents() => new(
        from m in new[] { 0, 1, 7, 49, 65 }
        from k in new[] { 0, 1, 17, 256, 513 }
        from n in new[] { 0, 1, 16, 65 }
        where m * n > 0 || k == 17
        select (m, k, n));

    [Theory]
    [MemberData(nameof(Extents))]
    public void Dense_layers_have_the_bits_of_the_vector_kernel(int m, int k, int n)
    {
        Assert.SkipUnless(Avx2Kernels.IsSupported, "The order of the sums is that of the AVX2 kernel.");
        var vector = new Avx2Kernels(new Workers(1), isVnni: false);
        // A sum over nothing is activated by the definition there, whose exponential is another one.
        var activation = k == 0 ? Activation.Relu : (Activation)((m + k + n) % 4);
        var (input, weight) = (FloatCase.Random(new(m, k), 1), FloatCase.Random(new(n, k), 2));
        var expected = new DenseArgs
        {
            Input = input,
            Weight = weight,
            Bias = (m + n) % 3 != 0 ? FloatCase.Random(new(n), 3) : default,
            Activation = activation,
            Output = SearchVariants.Poisoned<float>(new(m, n)),
        };
        vector.Dense(expected);
        var expectedHalf = new DenseBFloat16Args
        {
            Input = input,
            WeightPanels = RowPanels.OfBFloat16(weight),
            Bias = expected.Bias,
            Activation = activation,
            Output = SearchVariants.Poisoned<float>(new(m, n)),
        };
        vector.DenseBFloat16(expectedHalf);
        device.InEveryLaneOrder(name =>
        {
            var own = expected with { Output = SearchVariants.Poisoned<float>(new(m, n)) };
            device.Kernels.Dense(own);
            FloatCase.AssertEqualBits(expected.Output.ToArray(), own.Output.ToArray(), $"{name}, {m}x{k}x{n} {activation}");
            var half = expectedHalf with { Output = SearchVariants.Poisoned<float>(new(m, n)) };
            device.Kernels.DenseBFloat16(half);
            FloatCase.AssertEqualBits(expectedHalf.Output.ToArray(), half.Output.ToArray(), $"{name}, bfloat16 {m}x{k}x{n} {activation}");
        });
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Silu)]
    public void Activations_of_extreme_sums_are_those_of_the_vector_kernel(Activation activation)
    {
        Assert.SkipUnless(Avx2Kernels.IsSupported, "The exponential is that of the AVX2 kernel.");
        float[] sums =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, 200, -200, 88.7f, 88.8f, 89, -86.9f, -86.8f, -87, -88.7f,
            -89, 1e-30f, -1e-30f, 1e-45f, -1e-45f, 3.4e38f, -3.4e38f, 16, -16, 0.5f, -0.5f, 1, -1, 20, -20, 87, -87.3f, 104, -104,
        ];
        var args = new DenseArgs
        {
            Input = Tensor.From<float>([1, 0.5f], new(2, 1)),
            Weight = Tensor.From<float>(sums, new(sums.Length, 1)),
            Activation = activation,
            Output = SearchVariants.Poisoned<float>(new(2, sums.Length)),
        };
        new Avx2Kernels(new Workers(1), isVnni: false).Dense(args);
        float[] expected = args.Output.ToArray();
        device.InEveryLaneOrder(name =>
        {
            device.Kernels.Dense(args);
            for (int i = 0; i < expected.Length; i++)
            {
                bool isEqual = float.IsNaN(expected[i]) ? float.IsNaN(args.Output[i])
                    : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(args.Output[i]);
                Assert.True(isEqual, $"{name}, {activation}: [{i}] is {args.Output[i]:R}, not {expected[i]:R}");
            }
        });
    }
}
