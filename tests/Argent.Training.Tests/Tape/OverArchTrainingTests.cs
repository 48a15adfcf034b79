using System.Text.Json;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class OverArchTrainingTests
{
    const int Dim = 8, Features = 2, Users = 12, Each = 10, Steps = 60;

    [Theory]
    [InlineData("mol", """{ "userComponents": 3, "itemComponents": 3, "componentDim": 6, "gateHidden": 8, "dropout": 0.2 }""")]
    [InlineData("attention", """{ "projection": 6, "width": 12, "heads": 3, "blocks": 1, "feedForward": 16 }""")]
    public void Training_on_the_tape_learns_which_candidate_is_wanted_and_repeats_itself(string kind, string options)
    {
        float[] losses = Train(kind, options, out float[] weights);
        Assert.True(losses[^5..].Average() < 0.5f * losses[..5].Average(), $"{losses[0]} to {losses[^1]}");
        Assert.Equal(losses, Train(kind, options, out float[] again));
        Assert.Equal(weights, again);
    }

    [Fact]
    public void Dropout_keeps_its_share_and_is_the_same_for_the_same_step_alone()
    {
        var dropout = new StepDropout(3);
        float[] first = Draw(dropout, 1, 5), second = Draw(dropout, 1, 6);
        Assert.Equal(first, Draw(new StepDropout(3), 1, 5));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, Draw(dropout, 2, 5));
        Assert.NotEqual(first, Draw(new StepDropout(4), 1, 5));
        Assert.All(first, value => Assert.True(value is 0 or 4f / 3));
        Assert.InRange(first.Count(value => value == 0), 2_300, 2_700);
        Assert.Throws<ArgumentOutOfRangeException>(() => dropout.Fill(Tensor.Zeros<float>(new(1)), 1));
    }

    static float[] Draw(StepDropout dropout, long epoch, long step)
    {
        dropout.Begin(epoch, step);
        var keep = Tensor.Zeros<float>(new(10_000));
        dropout.Fill(keep, 0.25f);
        return keep.ToArray();
    }

    static float[] Train(string kind, string options, out float[] weights)
    {
        using var workers = new Workers(2);
        using var scratch = new Scratch();
        var shape = new OverArchShape(Dim, 1, 1, Features, JsonDocument.Parse(options).RootElement);
        var taken = OverArchWeights.New(9);
        OverArch overArch = kind == "mol" ? new MolOverArch(shape, taken) : new AttentionOverArch(shape, taken);
        var parameters = new ParameterSet();
        parameters.AddAll(overArch.Tensors.Select(t => (t.Name, t.Tensor)), _ => false);
        using var tape = new Tape(CpuKernels.Create(workers), parameters);
        var adam = new Adam(parameters, workers) { LearningRate = 0.02f };
        var dropout = new StepDropout(1);
        var pass = new ForwardPass(tape, scratch) { Dropout = dropout.Fill };
        var losses = new float[Steps];
        for (int step = 0; step < Steps; step++)
        {
            dropout.Begin(0, step);
            var loss = Loss(overArch, step, pass);
            losses[step] = loss[0];
            tape.Backward(loss);
            adam.Step();
            parameters.ClearGradients();
            tape.Clear();
            scratch.Reset();
        }
        weights = [.. parameters.SelectMany(p => p.Value.ToArray())];
        return losses;
    }

    /// <summary>The wanted candidate is the one whose embedding is a fixed turn of the user's, which a plain dot does not see.</summary>
    static Tensor<float> Loss(OverArch overArch, int step, in ForwardPass pass)
    {
        var random = new Random(1000 + step);
        var queries = Random(random, Users);
        var embeddings = Random(random, Users * Each);
        for (int u = 0; u < Users; u++)
        {
            for (int d = 0; d < Dim; d++) embeddings.Row((u * Each) + (u % Each))[d] = queries.Row(u)[(d + 3) % Dim];
        }
        var logits = overArch.Forward(
            new CandidateBatch
            {
                Queries = queries,
                Start = Tensor.From<int>([.. Enumerable.Range(0, Users + 1).Select(u => u * Each)]),
                Request = Tensor.From<int>([.. Enumerable.Range(0, Users * Each).Select(c => c / Each)]),
                Items = overArch.ItemSide(embeddings, pass),
                Features = Tensor.Zeros<float>(new(Users * Each, Features)),
                History = default,
                HistoryStart = default,
            },
            pass);
        var loss = pass.Scratch.Rent<float>(new(1));
        pass.Kernels.SoftmaxCrossEntropy(new()
        {
            Logits = logits.Reshape(new(Users, Each)),
            Targets = Tensor.From<int>([.. Enumerable.Range(0, Users).Select(u => u % Each)]),
            TargetStart = Tensor.From<int>([.. Enumerable.Range(0, Users + 1)]),
            TargetWeights = Tensor.From<float>([.. Enumerable.Repeat(1f, Users)]),
            Loss = loss,
        });
        return loss;
    }

    static Tensor<float> Random(Random random, int rows)
    {
        var values = Tensor.Zeros<float>(new(rows, Dim));
        foreach (ref float value in values.Span) value = (random.NextSingle() * 2) - 1;
        return values;
    }
}
