using Argent.Tensors;

namespace Argent.Cuda.Tests;

/// <summary>Dense products through the layer over cuBLASLt, against sums in float64.</summary>
[Collection("emulated device")]
public sealed class DenseProductTests
{
    public static TheoryData<int, int, int, DenseEpilogue> Shapes => new()
    {
        { 1, 1, 1, DenseEpilogue.None },
        { 3, 5, 7, DenseEpilogue.Bias },
        { 64, 32, 16, DenseEpilogue.BiasRelu },
        { 65, 33, 127, DenseEpilogue.BiasGelu },
        { 2, 129, 64, DenseEpilogue.None },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_of_float32_is_the_layer_as_it_is_stored(int rows, int outputs, int inputs, DenseEpilogue epilogue)
    {
        using var open = new OpenDevice();
        using var library = CublasLt.Load(open.Device);
        float[] x = Random(rows * inputs, 1), w = Random(outputs * inputs, 2), b = Random(outputs, 3);
        var output = open.Zeros<float>(rows * outputs);
        library.Product<float, float>(new(rows, outputs, inputs, epilogue), 0).Run(open.Stream, new()
        {
            Input = open.Upload<float>(x),
            Weight = open.Upload<float>(w),
            Bias = epilogue == DenseEpilogue.None ? default : open.Upload<float>(b),
            Output = output,
        });
        AssertProduct(open.Read(output), x, w, b, epilogue, inputs, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_of_bfloat16_sums_in_float32(int rows, int outputs, int inputs, DenseEpilogue epilogue)
    {
        using var open = new OpenDevice();
        using var library = CublasLt.Load(open.Device);
        BFloat16[] x = Rounded(rows * inputs, 1), w = Rounded(outputs * inputs, 2);
        float[] b = Random(outputs, 3);
        var output = open.Zeros<float>(rows * outputs);
        library.Product<BFloat16, float>(new(rows, outputs, inputs, epilogue), 1 << 20).Run(open.Stream, new()
        {
            Input = open.Upload<BFloat16>(x),
            Weight = open.Upload<BFloat16>(w),
            Bias = epilogue == DenseEpilogue.None ? default : open.Upload<float>(b),
            Output = output,
            Workspace = open.Zeros<byte>(1 << 20),
        });
        AssertProduct(open.Read(output), Widened(x), Widened(w), b, epilogue, inputs, 2e-6);
    }

    [Fact]
    public void A_product_is_queued_and_can_be_recorded_with_its_bias()
    {
        using var open = new OpenDevice();
        using var library = CublasLt.Load(open.Device);
        var product = library.Product<float, float>(new(1, 1, 1, DenseEpilogue.Bias), 0);
        DeviceTensor<float> one = open.Upload(1f), first = open.Upload(10f), second = open.Upload(20f), output = open.Zeros<float>(1);
        using var graph = open.Stream.Capture(s => product.Run(s, new() { Input = one, Weight = one, Bias = first, Output = output }));
        product.Run(open.Stream, new() { Input = one, Weight = one, Bias = second, Output = output });
        Assert.Equal(21, open.Read(output)[0]);
        open.Stream.Launch(graph);
        Assert.Equal(11, open.Read(output)[0]);
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        using var open = new OpenDevice();
        using var library = CublasLt.Load(open.Device);
        var product = library.Product<float, float>(new(2, 4, 4, DenseEpilogue.None), 0);
        DeviceTensor<float> input = open.Zeros<float>(9), weight = open.Zeros<float>(16), output = open.Zeros<float>(8);
        var e = Assert.Throws<ArgumentException>(() => product.Run(open.Stream, new() { Input = input, Weight = weight, Output = output }));
        Assert.Equal("The input is Single[9], which is not that of [2, 4] x [4, 4]ᵀ, None.", e.Message);
        e = Assert.Throws<ArgumentException>(
            () => product.Run(open.Stream, new() { Input = input.Rows(1, 8), Weight = weight, Output = output }));
        Assert.Contains("which is no multiple of 16", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => library.Product<float, float>(new(0, 4, 4, DenseEpilogue.None), 0));
        Assert.Throws<NotSupportedException>(() => library.Product<int, int>(new(1, 4, 4, DenseEpilogue.None), 0));
        Assert.Throws<NotSupportedException>(() => library.Product<float, BFloat16>(new(1, 4, 4, DenseEpilogue.None), 0));
    }

    [Fact]
    public void A_closed_library_is_not_used()
    {
        using var open = new OpenDevice();
        var library = CublasLt.Load(open.Device);
        Assert.True(library.Version >= new Version(11, 0));
        var product = library.Product<float, float>(new(1, 1, 1, DenseEpilogue.None), 0);
        library.Dispose();
        var one = open.Upload(1f);
        Assert.Throws<ObjectDisposedException>(() => product.Run(open.Stream, new() { Input = one, Weight = one, Output = one }));
    }

    static void AssertProduct(float[] got, float[] x, float[] w, float[] b, DenseEpilogue epilogue, int inputs, double tolerance)
    {
        int outputs = w.Length / inputs;
        for (int i = 0; i < got.Length; i++)
        {
            double sum = epilogue == DenseEpilogue.None ? 0 : b[i % outputs], size = Math.Abs(sum);
            for (int k = 0; k < inputs; k++)
            {
                double term = (double)x[i / outputs * inputs + k] * w[i % outputs * inputs + k];
                sum += term;
                size += Math.Abs(term);
            }
            double expected = epilogue switch
            {
                DenseEpilogue.BiasRelu => Math.Max(0, sum),
                DenseEpilogue.BiasGelu => 0.5 * sum * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (sum + 0.044715 * sum * sum * sum))),
                _ => sum,
            };
            Assert.True(Math.Abs(got[i] - expected) <= tolerance * (size + 1), $"{i}: {got[i]} is not {expected}.");
        }
    }

    static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    static BFloat16[] Rounded(int count, int seed) => [.. Random(count, seed).Select(v => (BFloat16)v)];

    static float[] Widened(BFloat16[] values) => [.. values.Select(v => (float)v)];
}
