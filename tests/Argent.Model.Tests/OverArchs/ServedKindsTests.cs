using System.Text.Json;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class ServedKindsTests
{
    const int Dim = 6, Slots = 30;

    static readonly TowerConfig _towers = new() { Dim = Dim, Tasks = ["like", "save"], Histories = ["like"] };

    [Theory]
    [InlineData("mlp", """{ "projection": 4, "hidden": [5] }""", 4)]
    [InlineData("mlp", """{ "hidden": [5], "targetAttention": 3 }""", 3)]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""", 4)]
    [InlineData("mol", """{ "userComponents": 2, "itemComponents": 3, "componentDim": 4, "gateHidden": 5 }""", (3 * 4) + (2 * 6))]
    public void A_kind_trained_and_published_comes_back_from_its_files_with_the_same_bits(string kind, string options, int width)
    {
        using var folder = new TemporaryFolder();
        using var workers = new Workers(1);
        var kernels = CpuKernels.Create(workers);
        var config = new OverArchConfig
        {
            Kind = kind,
            Options = JsonDocument.Parse(options).RootElement,
            Features = ["score.like", "score.save", "bias"],
        };
        var drawn = OverArchKinds.Create(config, _towers, OverArchWeights.New(3));
        foreach (var (_, tensor) in drawn.Tensors) tensor.As<float>().Span[0] += 0.125f;
        using var trainedFile = Written(folder, "trained", new TrainedOverArch(config, drawn, null).Tensors);
        var trained = TrainedOverArch.FromTensors(config, _towers, Find(trainedFile), trained: 0, "trained");
        Assert.Equal(Numbers(drawn.Tensors), Numbers(trained.OverArch.Tensors));

        var cache = Tensor.Zeros<BFloat16>(new(Slots, Dim));
        var random = new Random(8);
        foreach (ref var value in cache.Span) value = (BFloat16)(random.NextSingle() - 0.5f);
        var published = ServedOverArch.Of(trained, _towers, cache, Tensor.Zeros<int>(new(0)), kernels);
        Assert.Equal(new Shape(Slots, width), published.Items.Shape);
        using var servedFile = Written(folder, "served", published.Tensors.Select(t => ("over_arch." + t.Name, t.Tensor)));
        var served = ServedOverArch.FromTensors(config, _towers, Find(servedFile), (0, Slots), "served");
        Assert.All(
            servedFile.Tensors.Where(t => t.Value.Shape.Rank == 2), t => Assert.Equal(ElementType.BF16, t.Value.Type));
        Assert.Equal(published.Items.ToArray(), served.Items.ToArray());
        float[] logits = Logits(published, kernels);
        Assert.Equal(2 * Slots, logits.Length);
        Assert.All(logits, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(logits, Logits(served, kernels));
    }

    static float[] Logits(ServedOverArch served, IKernels kernels)
    {
        using var scratch = new Scratch();
        var slots = Tensor.From<int>([.. Enumerable.Range(0, Slots).Reverse()]);
        var items = Tensor.Zeros<float>(new(Slots, served.Items.Shape[1]));
        kernels.GatherRowsBFloat16(new() { Table = served.Items, Indices = slots, Rows = items });
        var random = new Random(4);
        var (queries, features) = (Tensor.Zeros<float>(new(2, Dim)), Tensor.Zeros<float>(new(Slots, 3)));
        foreach (ref float value in queries.Span) value = random.NextSingle();
        foreach (ref float value in features.Span) value = random.NextSingle();
        var batch = new CandidateBatch
        {
            Queries = queries,
            Start = Tensor.From<int>(0, Slots),
            Request = Tensor.Zeros<int>(new(Slots)),
            Items = items,
            Features = features,
            History = items.Rows(3, 11),
            HistoryStart = Tensor.From<int>(0, 11),
        };
        return served.OverArch.Forward(batch, new ForwardPass(kernels, scratch)).ToArray();
    }

    static SafetensorsFile Written(TemporaryFolder folder, string name, IEnumerable<(string Name, AnyTensor Tensor)> tensors)
    {
        string path = Path.Combine(folder.Path, name + ".safetensors");
        SafetensorsWriter.Write(path, [.. tensors]);
        return SafetensorsFile.Open(path);
    }

    static Func<string, AnyTensor?> Find(SafetensorsFile file) =>
        name => file.Tensors.TryGetValue(name, out var tensor) ? tensor : null;

    static float[] Numbers(IEnumerable<(string Name, AnyTensor Tensor)> tensors) =>
        [.. tensors.SelectMany(t => t.Tensor.As<float>().ToArray())];
}
