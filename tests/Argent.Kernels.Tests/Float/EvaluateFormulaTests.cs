using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class EvaluateFormulaTests
{
    static float[] Hostile { get; } =
        [0, -0f, 1, -1, 2.5f, -3, 1e-40f, 1e38f, -1e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Fact]
    public void Random_formulas_give_equal_bits_on_every_variant_and_equal_a_direct_evaluation()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int[] counts = [0, 1, 63, 64, 65, 127, 4095, 9000];
            int count = counts[random.Next(seed < 20 ? counts.Length : 6)];
            var program = RandomProgram(random, Enum.GetValues<FormulaOp>());
            var inputs = Tensor.Zeros<float>(new(program.Inputs, count));
            foreach (ref float x in inputs.Span)
            {
                x = random.Next(4) == 0 ? Hostile[random.Next(Hostile.Length)] : (float)((random.NextDouble() * 6) - 3);
            }
            CheckProgram(program, inputs, count, $"seed {seed}");
        }
    }

    [Fact]
    public void Programs_that_leave_the_stack_or_name_what_is_not_there_are_refused()
    {
        using var workers = new Workers(1);
        FormulaProgram[] programs =
        [
            new([], [], 0, 1),
            new([new(FormulaOp.Add)], [], 0, 2),
            new([new(FormulaOp.Constant)], [], 0, 1),
            new([new(FormulaOp.Input, 1)], [], 1, 1),
            new([new(FormulaOp.Constant), new(FormulaOp.Constant)], [1], 0, 2),
            new([new(FormulaOp.Constant), new(FormulaOp.Constant), new(FormulaOp.Add)], [1], 0, 1),
            new([new(FormulaOp.Constant)], [1], 0, 100_000),
            new([new(FormulaOp.Constant), new(FormulaOp.Constant), new((FormulaOp)99)], [1], 0, 2),
        ];
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (var program in programs)
            {
                Assert.ThrowsAny<ArgumentException>(() => kernels.EvaluateFormula(new()
                {
                    Program = program,
                    Inputs = Tensor.Zeros<float>(new(Math.Max(1, program.Inputs), 3)),
                    Values = Tensor.Zeros<float>(new(3)),
                    NotFinite = Tensor.Zeros<long>(new(1)),
                }));
            }
        }
    }

    static void CheckProgram(FormulaProgram program, Tensor<float> inputs, int count, string label)
    {
        float[]? first = null;
        long? firstNotFinite = null;
        foreach (int threads in new[] { 1, 2 })
        {
            using var workers = new Workers(threads);
            foreach (var kernels in CpuKernels.All(workers))
            {
                var values = new Poisoned(new(count));
                var notFinite = Tensor.From<long>(10L);
                kernels.EvaluateFormula(new() { Program = program, Inputs = inputs, Values = values.Tensor, NotFinite = notFinite });
                FloatCase.AssertEqualBits(first ??= values.Read(), values.Read(), $"{label}, {kernels.Variant}");
                Assert.Equal(firstNotFinite ??= notFinite[0], notFinite[0]);
                Assert.All(values.Read(), x => Assert.True(float.IsFinite(x)));
            }
        }
    }

    /// <summary>A random valid program: pushes until the depth is reached, then folds.</summary>
    internal static FormulaProgram RandomProgram(Random random, FormulaOp[] ops)
    {
        var steps = new List<FormulaStep>();
        int depth = 0, deepest = 0, length = random.Next(1, 40);
        while (depth != 1 || steps.Count < length)
        {
            var op = ops[random.Next(ops.Length)];
            if (steps.Count >= length && op is FormulaOp.Constant or FormulaOp.Input && depth > 0) continue;
            int taken = op switch
            {
                FormulaOp.Constant or FormulaOp.Input => 0,
                FormulaOp.Negate or FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt
                    or FormulaOp.Sigmoid or FormulaOp.Not => 1,
                FormulaOp.Select => 3,
                _ => 2,
            };
            if (depth < taken || (taken == 0 && depth == 6)) continue;
            steps.Add(new(op, taken == 0 ? random.Next(3) : 0));
            depth += 1 - taken;
            deepest = Math.Max(deepest, depth);
        }
        return new([.. steps], [0, 0.5f, -2], 3, deepest);
    }
}
