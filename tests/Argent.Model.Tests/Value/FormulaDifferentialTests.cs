using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Value;

public sealed class FormulaDifferentialTests
{
    const int Seed = 77;

    static readonly string[] _tasks = ["a", "b"];

    [Fact]
    public void Random_formulas_give_what_a_tree_evaluator_gives()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var kernels = CpuKernels.All(workers)[0];
        var random = new Random(Seed);
        float[] scores = [.. Enumerable.Range(0, 20).Select(i => i < 4 ? i - 1 : random.NextSingle() * 4 - 2)];
        for (int i = 0; i < 5_000; i++)
        {
            var (text, evaluate) = Formula(random, 4);
            var pass = new ForwardPass(kernels, scratch);
            var values = new ValueModel(text, _tasks).Forward(Tensor.From<float>(scores, new(10, 2)), [], pass);
            for (int c = 0; c < 10; c++)
            {
                float expected = evaluate(scores[2 * c], scores[2 * c + 1]);
                if (!float.IsFinite(expected)) expected = 0;
                if (expected != values[c]) Assert.Fail($"seed {Seed}, formula {i}: {text} gives {values[c]}, not {expected}");
            }
            scratch.Reset();
        }
    }

    /// <summary>A formula in parentheses wherever it could be misread, and what it means.</summary>
    static (string Text, Func<float, float, float> Evaluate) Formula(Random random, int depth)
    {
        if (depth == 0) return Atom(random);
        var (x, f) = Formula(random, depth - 1);
        var (y, g) = Formula(random, depth - 1);
        var (z, h) = Formula(random, random.Next(depth));
        return random.Next(18) switch
        {
            0 => ($"({x} + {y})", (a, b) => f(a, b) + g(a, b)),
            1 => ($"({x} - {y})", (a, b) => f(a, b) - g(a, b)),
            2 => ($"({x} * {y})", (a, b) => f(a, b) * g(a, b)),
            3 => ($"({x} / {y})", (a, b) => g(a, b) == 0 ? 0 : f(a, b) / g(a, b)),
            4 => ($"(-{x})", (a, b) => -f(a, b)),
            5 => ($"({x} < {y})", (a, b) => f(a, b) < g(a, b) ? 1 : 0),
            6 => ($"({x} <= {y})", (a, b) => f(a, b) <= g(a, b) ? 1 : 0),
            7 => ($"({x} > {y})", (a, b) => f(a, b) > g(a, b) ? 1 : 0),
            8 => ($"({x} >= {y})", (a, b) => f(a, b) >= g(a, b) ? 1 : 0),
            9 => ($"({x} = {y})", (a, b) => f(a, b) == g(a, b) ? 1 : 0),
            10 => ($"({x} != {y})", (a, b) => f(a, b) != g(a, b) ? 1 : 0),
            11 => ($"({x} and {y})", (a, b) => f(a, b) != 0 && g(a, b) != 0 ? 1 : 0),
            12 => ($"({x} or {y})", (a, b) => f(a, b) != 0 || g(a, b) != 0 ? 1 : 0),
            13 => ($"(not {x})", (a, b) => f(a, b) == 0 ? 1 : 0),
            14 => ($"if({x}, {y}, {z})", (a, b) => f(a, b) != 0 ? g(a, b) : h(a, b)),
            15 => ($"min({x}, {y}, {z})", (a, b) => MathF.Min(MathF.Min(f(a, b), g(a, b)), h(a, b))),
            16 => ($"clamp({x}, {y}, {z})", (a, b) => MathF.Min(MathF.Max(f(a, b), g(a, b)), h(a, b))),
            _ => ($"abs({x})", (a, b) => MathF.Abs(f(a, b))),
        };
    }

    static (string Text, Func<float, float, float> Evaluate) Atom(Random random)
    {
        float number = random.Next(5) / 2f;
        return random.Next(3) switch
        {
            0 => ("a", (a, _) => a),
            1 => ("b", (_, b) => b),
            _ => (number.ToString(CultureInfo.InvariantCulture), (_, _) => number),
        };
    }
}
