namespace Argent.Cuda.Tests;

/// <summary>The prelude's own functions against float64.</summary>
[Collection("emulated device")]
public sealed class PreludeMathTests
{
    const int Exp = 0, Log = 1, Sqrt = 2, BFloat16 = 3, Sigmoid = 6;

    [Fact]
    public void Exp_is_within_2e_7_of_the_truth()
    {
        float[] x = [.. Enumerable.Range(0, 200_000).Select(i => -86.9f + (i * (175.6f / 200_000)))];
        float[] y = Run(Exp, x);
        for (int i = 0; i < x.Length; i++) Assert.InRange(Math.Abs((y[i] / Math.Exp(x[i])) - 1), 0, 2e-7);
        Assert.Equal([0, 0, 1, float.PositiveInfinity, float.PositiveInfinity, float.NaN],
            Run(Exp, [float.NegativeInfinity, -87, 0, 89, float.PositiveInfinity, float.NaN]));
    }

    [Fact]
    public void Log_is_within_one_unit_in_the_last_place()
    {
        var random = new Random(11);
        float[] x = [.. Enumerable.Range(0, 200_000).Select(i => i % 2 == 0
            ? BitConverter.Int32BitsToSingle(random.Next(1, 0x7f800000))
            : 0.5f + (1.5f * random.NextSingle()))];
        float[] y = Run(Log, x);
        for (int i = 0; i < x.Length; i++)
        {
            double truth = Math.Log(x[i]);
            Assert.InRange(Math.Abs(y[i] - truth), 0, UnitInTheLastPlace(truth));
        }
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, float.NaN, float.PositiveInfinity, float.NaN, 0],
            Run(Log, [0, -0f, -1, float.PositiveInfinity, float.NaN, 1]));
    }

    [Fact]
    public void Sqrt_and_bf16_are_rounded_to_nearest_even()
    {
        var random = new Random(12);
        float[] x = [.. Enumerable.Range(0, 100_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(1, 0x7f800000)))];
        Assert.Equal([.. x.Select(MathF.Sqrt)], Run(Sqrt, x));
        float[] rounded = Run(BFloat16, [1f + (1f / 256), 1f + (3f / 256), -1.0039064f, float.NaN, float.MaxValue, 0.1f]);
        Assert.Equal([1f, 1f + (1f / 64), -1.0078125f, float.NaN, float.PositiveInfinity, 0.100097656f], rounded);
    }

    [Fact]
    public void Sigmoid_is_within_3e_7_of_the_truth()
    {
        float[] x = [.. Enumerable.Range(0, 100_000).Select(i => -86f + (i * (172f / 100_000)))];
        float[] y = Run(Sigmoid, x);
        for (int i = 0; i < x.Length; i++) Assert.InRange(Math.Abs((y[i] * (1 + Math.Exp(-x[i]))) - 1), 0, 3e-7);
    }

    static double UnitInTheLastPlace(double truth) => MathF.BitIncrement((float)Math.Abs(truth)) - (double)(float)Math.Abs(truth);

    static float[] Run(int function, float[] x)
    {
        using var device = new RawDevice();
        ulong source = device.Upload<float>(x), target = device.Allocate(4L * x.Length);
        uint blocks = (uint)((x.Length + 255) / 256);
        RawDevice.Check(device.Launch("test_math", blocks, 256, 0, source, target, (ulong)x.Length, (ulong)function));
        return device.Download<float>(target, x.Length);
    }
}
