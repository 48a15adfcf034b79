using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The formulas of two kinds of OverArch, in float64 and as slow as they read.</summary>
/// <param name="kind"><c>mlp</c> or <c>mol</c>.</param>
/// <param name="overArch">Whose weights.</param>
/// <param name="user">The user's heads, one after another.</param>
sealed class Float64Scorer(string kind, OverArch overArch, double[] user)
{
    readonly Dictionary<string, double[]> _numbers = overArch.Tensors.ToDictionary(t => t.Name, t => Numbers(t.Tensor));

    /// <summary>Whether the kind is one of the two.</summary>
    public bool IsKnown => kind is "mlp" or "mol";

    /// <summary>Logits of a candidate.</summary>
    public double[] Logits(double[] item, double[] features)
    {
        double[] linear = Dense("linear", features);
        return [.. (kind == "mlp" ? Mlp(item, features) : Mol(item, features, linear.Length)).Zip(linear, (m, l) => m + l)];
    }

    double[] Mlp(double[] item, double[] features)
    {
        double[] own = Dense("user", user);
        double[] x = [.. own, .. item, .. own.Zip(item, (u, i) => u * i), .. features];
        for (int layer = 0; _numbers.ContainsKey($"hidden.{layer}.weight"); layer++) x = Dense($"hidden.{layer}", x, isSilu: true);
        return Dense("output", x);
    }

    IEnumerable<double> Mol(double[] item, double[] features, int tasks)
    {
        double[] gates = Gate("user_gate", user);
        int count = gates.Length / tasks, first = item.Length - gates.Length;
        // P * d numbers of the user by Q * d of the item, divided by P * Q dots, are d squared.
        int dim = (int)Math.Round(Math.Sqrt((double)_numbers["user.bias"].Length * first / count));
        double[][] users = [.. Dense("user", user).Chunk(dim).Select(Normalized)];
        double[] dots = [.. item[..first].Chunk(dim).SelectMany(i => users.Select(u => Dot(i, u)))];
        double[] ofPair = Gate("pair_gate", [.. dots, .. features]);
        for (int t = 0; t < tasks; t++)
        {
            double[] sums = [.. Enumerable.Range(t * count, count).Select(l => gates[l] + ofPair[l] + item[first + l])];
            double[] weights = [.. sums.Select(g => Math.Exp(g - sums.Max()))];
            yield return Dot(weights, dots) / weights.Sum() / new MolOptions().Temperature;
        }
    }

    double[] Gate(string name, double[] x) => Dense(name + ".output", Dense(name + ".hidden", x, isSilu: true));

    double[] Dense(string name, double[] x, bool isSilu = false)
    {
        double[] weight = _numbers[name + ".weight"], y = [.. _numbers[name + ".bias"]];
        for (int n = 0; n < y.Length; n++)
        {
            for (int k = 0; k < x.Length; k++) y[n] += weight[(n * x.Length) + k] * x[k];
            if (isSilu) y[n] /= 1 + Math.Exp(-y[n]);
        }
        return y;
    }

    static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    static double[] Normalized(double[] x) => [.. x.Select(v => v / Math.Sqrt(Dot(x, x)))];

    static double[] Numbers(AnyTensor tensor) => tensor.Type == ElementType.BF16
        ? [.. tensor.As<BFloat16>().ToArray().Select(v => (double)(float)v)]
        : [.. tensor.As<float>().ToArray().Select(v => (double)v)];
}
