using Argent.Tensors;

namespace Argent.Kernels.Tests;

/// <summary>Seeded inputs, and one operation run on every variant with one and two workers.</summary>
static class FloatCase
{
    public const int Seed = 77_001;

    /// <summary>Sizes around vectors, tiles and chunks.</summary>
    public static int[] Sizes { get; } = [0, 1, 7, 63, 64, 65, 127];

    /// <summary>Shared by all tests: starting a thread takes longer than most of the operations.</summary>
    static Workers[] Crews { get; } = [new(1), new(2)];

    public static Tensor<float> Random(Shape shape, int salt, float scale = 1)
    {
        var random = new Random(Seed + salt);
        var tensor = Tensor.Zeros<float>(shape);
        foreach (ref float x in tensor.Span) x = (float)(((random.NextDouble() * 2) - 1) * scale);
        return tensor;
    }

    public static Tensor<int> RandomIds(int count, int rows, int salt)
    {
        var random = new Random(Seed + salt);
        var tensor = Tensor.Zeros<int>(new(count));
        foreach (ref int x in tensor.Span) x = rows == 0 ? -1 : random.Next(-1, rows);
        return tensor;
    }

    /// <summary>Bounds of <paramref name="bags"/> bags over <paramref name="count"/> ids; some are empty.</summary>
    public static Tensor<int> RandomStart(int bags, int count, int salt)
    {
        var random = new Random(Seed + salt);
        var cuts = Enumerable.Range(0, Math.Max(0, bags - 1)).Select(_ => random.Next(count + 1)).Order();
        return Tensor.From<int>([0, .. cuts, .. bags == 0 ? Array.Empty<int>() : [count]]);
    }

    /// <summary>
    /// Runs on each variant with 1 and 2 workers, checks each result against the oracle, and demands equal bits for both
    /// numbers of workers.
    /// </summary>
    public static void Check(
        string what, Shape shape, Action<IKernels, Tensor<float>> run, Func<int, (double Value, double Tolerance)> oracle)
    {
        var expected = Enumerable.Range(0, checked((int)shape.Count)).Select(oracle).ToArray();
        foreach (string variant in Variants)
        {
            float[]? first = null;
            foreach (var workers in Crews)
            {
                var output = new Poisoned(shape);
                run(Kernels(variant, workers), output.Tensor);
                var values = output.Read();
                string label = $"{what}, {variant}, {workers.Count} workers, seed {Seed}";
                if (first is not null) AssertEqualBits(first, values, label);
                else CheckAll(values, expected, label);
                first = values;
            }
        }
    }

    static string[] Variants { get; } = AllVariants();

    static string[] AllVariants()
    {
        using var workers = new Workers(1);
        return [.. CpuKernels.All(workers).Select(k => k.Variant)];
    }

    public static IKernels Kernels(string variant, Workers workers) =>
        CpuKernels.All(workers).Single(k => k.Variant == variant);

    public static void AssertEqualBits(float[] expected, float[] actual, string label)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool equal = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            if (!equal) Assert.Fail($"{label}: [{i}] is {actual[i]:R}, not {expected[i]:R}.");
        }
    }

    static void CheckAll(float[] values, (double Value, double Tolerance)[] expected, string label)
    {
        for (int i = 0; i < values.Length; i++)
        {
            var (value, tolerance) = expected[i];
            bool near = Math.Abs(values[i] - value) <= tolerance || value.Equals(values[i]);
            if (!near) Assert.Fail($"{label}: [{i}] is {values[i]:R}; float64 gives {value:R} +- {tolerance:G3}.");
        }
    }
}
