using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>The weights of an OverArch by name, in float64, and the layers that they make up.</summary>
sealed class Float64Layers(OverArch overArch)
{
    readonly Dictionary<string, AnyTensor> _tensors = overArch.Tensors.ToDictionary(t => t.Name, t => t.Tensor);

    public double[] Dense(string name, double[] x, bool silu = false)
    {
        double[] weight = Numbers(name + ".weight"), y = [.. Numbers(name + ".bias")];
        for (int n = 0; n < y.Length; n++)
        {
            for (int k = 0; k < x.Length; k++) y[n] += weight[(n * x.Length) + k] * x[k];
            if (silu) y[n] /= 1 + Math.Exp(-y[n]);
        }
        return y;
    }

    public double[] Norm(string name, double[] x)
    {
        double mean = x.Average(), variance = x.Average(v => (v - mean) * (v - mean));
        double[] gain = Numbers(name + ".gain"), shift = Numbers(name + ".shift");
        return [.. x.Select((v, i) => ((v - mean) / Math.Sqrt(variance + 1e-5) * gain[i]) + shift[i])];
    }

    public static double[] Normalized(double[] x) => [.. x.Select(v => v / Math.Sqrt(x.Sum(w => w * w)))];

    public static double[] Softmax(double[] x)
    {
        double[] weights = [.. x.Select(v => Math.Exp(v - x.Max()))];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    double[] Numbers(string name)
    {
        var tensor = _tensors[name];
        return tensor.Type == ElementType.BF16
            ? [.. tensor.As<BFloat16>().ToArray().Select(v => (double)(float)v)]
            : [.. tensor.As<float>().ToArray().Select(v => (double)v)];
    }
}
