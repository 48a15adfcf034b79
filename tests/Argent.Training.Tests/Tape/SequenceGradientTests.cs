using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class SequenceGradientTests
{
    const int Seed = 4401;
    const int Dim = 6;

    [Theory]
    [InlineData(AttentionWeighting.Softmax, 1, 5)]
    [InlineData(AttentionWeighting.Silu, 2, 0)]
    public void Gradients_of_a_user_tower_with_a_sequence_equal_finite_differences(AttentionWeighting weighting, int blocks, int hidden)
    {
        using var workers = new Workers(2);
        var sequence = new SequenceConfig { History = "watch", Length = 3, Blocks = blocks, Hidden = hidden, Weighting = weighting };
        var tower = Tower(sequence, out var parameters);
        foreach (var kernels in CpuKernels.All(workers))
        {
            using var scratch = new Scratch();
            using var tape = new Tape(kernels, parameters);
            parameters.ClearGradients();
            tape.Backward(Loss(tower, tape, scratch));
            foreach (var parameter in parameters)
            {
                for (int i = 0; i < parameter.Value.Count; i++)
                {
                    double expected = Slope(tower, parameter.Value, i), actual = parameter.Gradient[i];
                    Assert.True(
                        Math.Abs(expected - actual) <= 5e-3 * (1 + Math.Abs(expected)),
                        $"{kernels.Variant}, seed {Seed}: {parameter.Name}[{i}]: {actual} where differences give {expected}.");
                }
            }
            Assert.Contains(parameters, p => p.Name.Contains("sequence.blocks.0.keys", StringComparison.Ordinal));
        }
    }

    static UserTower Tower(SequenceConfig sequence, out ParameterSet parameters)
    {
        var config = new TowerConfig { Dim = Dim, Tasks = ["watch"], Histories = ["watch"], Sequence = sequence };
        var tower = UserTower.Zeros(config, ItemIds.FromSorted([1L, 2, 3, 4, 5, 6, 7]), []);
        parameters = new ParameterSet();
        parameters.AddAll(tower.AllTensors("user_tower"), path => path.Contains("history", StringComparison.Ordinal));
        var random = new Random(Seed);
        foreach (var parameter in parameters)
        {
            foreach (ref float x in parameter.Value.Span) x = random.NextSingle() - 0.5f;
        }
        return tower;
    }

    /// <summary>Users with one event, none, more than are read, and as many.</summary>
    static Tensor<float> Loss(UserTower tower, IKernels kernels, Scratch scratch)
    {
        var bags = new IdBags(Tensor.From<int>(4, 0, 1, 2, 1, 6, 5, 3, 2), Tensor.From<int>(0, 1, 1, 6, 9));
        var queries = tower.Forward(new UserBatch(4, [bags]), new ForwardPass(kernels, scratch));
        var loss = scratch.Rent<float>(new Shape(1));
        kernels.SoftmaxCrossEntropy(new()
        {
            Logits = queries,
            Targets = Tensor.From<int>(0, 3, 5, 1, 2),
            TargetStart = Tensor.From<int>(0, 1, 2, 3, 5),
            TargetWeights = Tensor.From<float>(1, 0.5f, 2, 1, 1),
            Loss = loss,
        });
        return loss;
    }

    static double Slope(UserTower tower, Tensor<float> values, int index)
    {
        const float Step = 4e-3f;
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var kernels = new ReferenceKernels(workers);
        float value = values[index];
        values[index] = value + Step;
        double above = Loss(tower, kernels, scratch)[0], high = values[index];
        values[index] = value - Step;
        double below = Loss(tower, kernels, scratch)[0], low = values[index];
        values[index] = value;
        return (above - below) / (high - low);
    }
}
