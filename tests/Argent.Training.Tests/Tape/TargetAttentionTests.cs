using System.Text.Json;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class TargetAttentionTests
{
    const int Seed = 5103, Dim = 5, Steps = 150;

    [Theory]
    [InlineData("""{ "projection": 3, "hidden": [4], "targetAttention": 2 }""")]
    [InlineData("""{ "hidden": [4], "targetAttention": 3 }""")]
    public void Gradients_through_the_history_equal_finite_differences(string options)
    {
        using var workers = new Workers(2);
        var overArch = Create(options, out var parameters);
        var random = new Random(Seed);
        // What begins at zero would hide mistakes.
        foreach (var parameter in parameters)
        {
            foreach (ref float x in parameter.Value.Span) x += (random.NextSingle() - 0.5f) * 0.8f;
        }
        foreach (var kernels in CpuKernels.All(workers))
        {
            using var scratch = new Scratch();
            using var tape = new Tape(kernels, parameters);
            parameters.ClearGradients();
            tape.Backward(Loss(overArch, Seed, new ForwardPass(tape, scratch)));
            foreach (var parameter in parameters)
            {
                for (int i = 0; i < parameter.Value.Count; i++)
                {
                    double expected = Slope(overArch, parameter.Value, i), actual = parameter.Gradient[i];
                    Assert.True(
                        Math.Abs(expected - actual) <= 5e-3 * (1 + Math.Abs(expected)),
                        $"{kernels.Variant}, seed {Seed}: {parameter.Name}[{i}]: {actual} where differences give {expected}.");
                }
            }
            Assert.All(
                (string[])["target.key.weight", "target.value.weight"],
                name => Assert.Contains(parameters, p => p.Name == name && p.Gradient.Span.ContainsAnyExcept(0f)));
        }
    }

    [Fact]
    public void What_is_wanted_for_likeness_to_one_past_item_is_learned_with_attention_and_not_without()
    {
        float without = Train("""{ "projection": 5, "hidden": [16] }"""), with = Train("""{ "hidden": [16], "targetAttention": 5 }""");
        // Chance is log 6 = 1.79, as each user has six candidates.
        Assert.True(without > 1.6f, $"{without}");
        Assert.True(with < 0.7f * without, $"{with} with attention, {without} without");
        Assert.Equal(with, Train("""{ "hidden": [16], "targetAttention": 5 }"""));
    }

    static MlpOverArch Create(string options, out ParameterSet parameters)
    {
        var shape = new OverArchShape(Dim, 1, 1, 1, JsonDocument.Parse(options).RootElement);
        var overArch = new MlpOverArch(shape, OverArchWeights.New(9));
        parameters = new ParameterSet();
        parameters.AddAll(overArch.Tensors, _ => false);
        return overArch;
    }

    /// <summary>Mean loss of the last steps.</summary>
    static float Train(string options)
    {
        using var workers = new Workers(2);
        using var scratch = new Scratch();
        var overArch = Create(options, out var parameters);
        using var tape = new Tape(CpuKernels.Create(workers), parameters);
        var adam = new Adam(parameters, workers) { LearningRate = 0.02f };
        var losses = new float[Steps];
        for (int step = 0; step < Steps; step++)
        {
            var loss = Loss(overArch, step, new ForwardPass(tape, scratch), users: 40);
            losses[step] = loss[0] / 40;
            tape.Backward(loss);
            adam.Step();
            parameters.ClearGradients();
            tape.Clear();
            scratch.Reset();
        }
        return losses[^20..].Average();
    }

    /// <summary>
    /// Users with three past items each, the second with none; one of six candidates is a past item but for a little.
    /// </summary>
    static Tensor<float> Loss(MlpOverArch overArch, int seed, in ForwardPass pass, int users = 4)
    {
        const int Each = 6, Past = 3;
        var random = new Random(seed);
        var (queries, items) = (Random(random, users), Random(random, users * Each));
        var (history, start) = (Random(random, (users - 1) * Past), new int[users + 1]);
        for (int u = 0; u < users; u++)
        {
            start[u + 1] = start[u] + (u == 1 ? 0 : Past);
            if (u == 1) continue;
            var from = history.Row(start[u] + random.Next(Past));
            for (int d = 0; d < Dim; d++) items.Row((u * Each) + (u % Each))[d] = from[d] + (0.1f * random.NextSingle());
        }
        var batch = new CandidateBatch
        {
            Queries = queries,
            Start = Tensor.From<int>([.. Enumerable.Range(0, users + 1).Select(u => u * Each)]),
            Request = Tensor.From<int>([.. Enumerable.Range(0, users * Each).Select(c => c / Each)]),
            Items = overArch.ItemSide(items, pass),
            Features = Tensor.Zeros<float>(new(users * Each, 1)),
            History = overArch.ReadsHistory ? overArch.ItemSide(history, pass) : default,
            HistoryStart = Tensor.From(start),
        };
        var loss = pass.Scratch.Rent<float>(new(1));
        pass.Kernels.SoftmaxCrossEntropy(new()
        {
            Logits = overArch.Forward(batch, pass).Reshape(new(users, Each)),
            Targets = Tensor.From<int>([.. Enumerable.Range(0, users).Select(u => u % Each)]),
            TargetStart = Tensor.From<int>([.. Enumerable.Range(0, users + 1)]),
            TargetWeights = Tensor.From<float>([.. Enumerable.Repeat(1f, users)]),
            Loss = loss,
        });
        return loss;
    }

    static double Slope(MlpOverArch overArch, Tensor<float> values, int index)
    {
        const float Step = 4e-3f;
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var pass = new ForwardPass(new ReferenceKernels(workers), scratch);
        float value = values[index];
        values[index] = value + Step;
        double above = Loss(overArch, Seed, pass)[0], high = values[index];
        values[index] = value - Step;
        double below = Loss(overArch, Seed, pass)[0], low = values[index];
        values[index] = value;
        return (above - below) / (high - low);
    }

    static Tensor<float> Random(Random random, int rows)
    {
        var values = Tensor.Zeros<float>(new(rows, Dim));
        foreach (ref float value in values.Span) value = (random.NextSingle() * 2) - 1;
        return values;
    }
}
