using System.Text.Json;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Training.Tests;

public sealed class OverArchKindsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("argent-kinds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mlp", """{ "projection": 4, "hidden": [8], "targetAttention": 4 }""")]
    [InlineData("mol", """{ "userComponents": 2, "itemComponents": 2, "componentDim": 8, "gateHidden": 8, "dropout": 0.2 }""")]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 8 }""")]
    public void A_kind_learns_over_finished_towers_and_is_the_same_for_the_same_seed_on_any_threads(string kind, string options)
    {
        var dataset = TinyData.Create();
        var towers = TinyData.Options(_folder);
        TinyData.Train(dataset, towers);
        var how = new OverArchOptions
        {
            Kind = kind,
            KindOptions = JsonDocument.Parse(options).RootElement,
            Candidates = 40,
            Epochs = 4,
            Patience = 100,
            BatchUsers = 16,
            LearningRate = 0.01f,
        };
        var (losses, weights) = Train(dataset, towers, how, threads: 1);
        Assert.True(losses[^1] < losses[0], $"{losses[0]} to {losses[^1]}");
        var (again, same) = Train(dataset, towers, how, threads: 2);
        Assert.Equal(losses, again);
        Assert.Equal(weights, same);
        var (_, other) = Train(dataset, towers, how with { Seed = 8 }, threads: 2);
        Assert.NotEqual(weights, other);
    }

    static (double[] Losses, float[] Weights) Train(Dataset dataset, TrainOptions towers, OverArchOptions options, int threads)
    {
        using var workers = new Workers(threads);
        var result = OverArchTrainer.Train(
            dataset, DatasetSplitter.Split(dataset), towers, options, CpuKernels.Create(workers), Progress.None);
        using var model = TrainedModel.Load(towers.Out);
        return (
            [.. result.Epochs.Select(e => e.Loss)],
            [.. model.OverArch!.OverArch.Tensors.SelectMany(t => t.Tensor.As<float>().ToArray())]);
    }
}
