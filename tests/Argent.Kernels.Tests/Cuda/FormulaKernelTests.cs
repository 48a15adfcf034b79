using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Formulas on a device beside the definition.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class FormulaKernelTests(EmulatedDevice device)
{
    static float[] Hostile { get; } =
    [
        0, -0f, 1, -1, 2.5f, -3, 1e-40f, 1e38f, -1e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.5f, 3, 16777217,
        -16777216, 88.7f, -87.5f, -103.9f, 120, 0.70710677f, 1.4142135f, 0.99999994f, 1.0000001f,
    ];

    [Fact]
    public void Formulas_without_exponentials_have_the_bits_of_the_definition()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int count = new[] { 0, 1, 63, 64, 65, 127, 300 }[seed % 7];
            var program = EvaluateFormulaTests.RandomProgram(random, [.. Enum.GetValues<FormulaOp>().Where(op => !IsRounded(op))]);
            var inputs = Tensor.Zeros<float>(new(program.Inputs, count));
            foreach (ref float x in inputs.Span)
            {
                x = random.Next(4) == 0 ? Hostile[random.Next(Hostile.Length)] : (float)((random.NextDouble() * 6) - 3);
            }
            Check(program, inputs, $"seed {seed}", steps: 0);
        }
    }

    [Fact]
    public void Exponentials_logarithms_and_powers_are_within_units_of_the_last_place()
    {
        int pairs = Hostile.Length * Hostile.Length;
        var random = new Random(3);
        var inputs = Tensor.Zeros<float>(new(2, pairs + 500));
        for (int i = 0; i < inputs.Shape[1]; i++)
        {
            inputs.Row(0)[i] = i < pairs ? Hostile[i / Hostile.Length] : (float)((random.NextDouble() * 180) - 60);
            inputs.Row(1)[i] = i < pairs ? Hostile[i % Hostile.Length] : (float)((random.NextDouble() * 12) - 6);
        }
        foreach (var op in Enum.GetValues<FormulaOp>().Where(IsRounded))
        {
            FormulaStep[] steps = op == FormulaOp.Power ? [new(FormulaOp.Input, 0), new(FormulaOp.Input, 1), new(op)]
                : [new(FormulaOp.Input, 0), new(op)];
            Check(new(steps, [], 2, 2), inputs, $"{op}", steps: 4);
        }
    }

    [Fact]
    public void A_formula_of_many_rows_runs_on_fewer_threads()
    {
        // 1 * (x + c) for 200 constants that all wait for the end: more rows than 128 threads have shared memory for.
        const int Terms = 200;
        var steps = new List<FormulaStep>();
        for (int t = 0; t < Terms; t++) steps.AddRange([new(FormulaOp.Input, 0), new(FormulaOp.Constant, t), new(FormulaOp.Add)]);
        steps.AddRange(Enumerable.Repeat(new FormulaStep(FormulaOp.Multiply), Terms - 1));
        var program = new FormulaProgram([.. steps], [.. Enumerable.Range(0, Terms).Select(t => 1 + (t * 1e-4f))], 1, Terms + 1);
        Check(program, FloatCase.Random(new(1, 70), 1, 0.01f), "many rows", steps: 0);
    }

    static bool IsRounded(FormulaOp op) => op is FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sigmoid or FormulaOp.Power;

    void Check(FormulaProgram program, Tensor<float> inputs, string label, int steps)
    {
        int count = (int)inputs.Shape[1];
        var (expected, expectedNotFinite) = Run(new ReferenceKernels(new Workers(1)), program, inputs);
        device.InEveryLaneOrder(name =>
        {
            var (values, notFinite) = Run(device.Kernels, program, inputs);
            Assert.Equal(expectedNotFinite, notFinite);
            for (int i = 0; i < count; i++)
            {
                int apart = Math.Abs(BitConverter.SingleToInt32Bits(expected[i]) - BitConverter.SingleToInt32Bits(values[i]));
                Assert.True(apart <= steps, $"{label}, {name}: [{i}] of {inputs.Row(0)[i]:R} is {values[i]:R}, not {expected[i]:R}");
            }
        });
    }

    static (float[] Values, long NotFinite) Run(IKernels kernels, FormulaProgram program, Tensor<float> inputs)
    {
        var values = new Poisoned(new(inputs.Shape[1]));
        var notFinite = Tensor.From<long>(10L);
        kernels.EvaluateFormula(new() { Program = program, Inputs = inputs, Values = values.Tensor, NotFinite = notFinite });
        return (values.Read(), notFinite[0]);
    }
}
