using System.Text.Json;
using Argent.Kernels;
using Argent.Model.Tests.Retrieval;
using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>A sample model whose candidates are scored by an OverArch over all cross features.</summary>
sealed class OverArchModel
{
    public const int Dim = 12, Trained = 200;

    static readonly string[] _tasks = ["like", "save"];

    readonly SampleModel _sample;

    public OverArchModel(string kind, string? options, IKernels kernels, string[]? features = null, bool isEmbeddedByTower = false)
    {
        // Rows 0 to 198 of the catalogue, and an item that it lacks.
        var items = ItemIds.FromSorted([.. Enumerable.Range(0, Trained - 1).Select(i => (i * 3L) + 5), 9_000_000L]);
        Towers = new TowerConfig { Dim = Dim, Tasks = _tasks, Histories = ["save", "like"] };
        var trained = new TrainedModel(
            new TrainedDescription { Name = "sample", Towers = Towers }, UserTower.Zeros(Towers, items, []),
            ItemTower.Zeros(Towers, items, []));
        var random = new Random(3);
        foreach (var (_, tensor) in trained.WeightTensors) Draw(tensor, random, 1);
        _sample = new SampleModel(
            new SampleOptions { Items = 400, Dim = Dim, Tasks = _tasks, Value = "like + 0.5 * save", HasBias = true, Trained = trained },
            kernels);
        if (isEmbeddedByTower) Embed(trained, _sample.Parts, kernels);
        string[] names = features ?? [.. CrossFeatures.All(Towers)];
        var config = new OverArchConfig
        {
            Kind = kind,
            Options = options is null ? null : JsonDocument.Parse(options).RootElement,
            Features = names,
            FeatureMeans = [.. names.Select((_, f) => 0.1f * f)],
            FeatureFactors = [.. names.Select((name, _) => name.StartsWith("score", StringComparison.Ordinal) ? 0.02f : 0.5f)],
            Candidates = 150,
        };
        var overArch = OverArchKinds.Create(config, Towers, OverArchWeights.New(5));
        foreach (var (_, tensor) in overArch.Tensors) Draw(tensor, random, 0.6f);
        Neighbours = RandomNeighbours(random);
        var lists = _sample.Parts.Index.Lists;
        var slots = ServedOverArch.SlotsOf(items, _sample.Parts.Items.Ids, lists.SlotOfRow);
        Served = ServedOverArch.Of(
            new TrainedOverArch(config, overArch, CrossFeatures.ReadsNeighbours(names) ? Neighbours : null), Towers,
            _sample.Parts.Cache.Embeddings, slots, kernels);
        Parts = _sample.Parts with { OverArch = Served, Description = _sample.Parts.Description with { OverArch = config } };
        Model = new RetrievalModel(Parts);
    }

    public TowerConfig Towers { get; }

    public ServedOverArch Served { get; }

    public RetrievalParts Parts { get; }

    public RetrievalModel Model { get; }

    /// <summary>Between trained rows, of which the last has no slot.</summary>
    public ItemNeighbours Neighbours { get; }

    public Manifest Manifest(OverArchConfig? config = null) =>
        _sample.Manifest() with { Model = Parts.Description with { OverArch = config ?? Served.Config } };

    /// <summary>Users with long, short, foreign and no histories; the last brings vectors.</summary>
    public UserInput[] Users()
    {
        var random = new Random(12);
        string[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (5 + (3 * random.Next(Trained))).ToString(
            System.Globalization.CultureInfo.InvariantCulture)), "9000000", "never seen"];
        return
        [
            new() { History = new Dictionary<string, IReadOnlyList<string>> { ["save"] = Draw(70), ["like"] = Draw(3) } },
            new(),
            new() { History = new Dictionary<string, IReadOnlyList<string>> { ["like"] = Draw(1) } },
            new() { History = new Dictionary<string, IReadOnlyList<string>> { ["save"] = Draw(0) } },
            _sample.User(random),
        ];
    }

    /// <summary>Puts what the item tower says of each item into the cache and the biases, as publishing does.</summary>
    static void Embed(TrainedModel trained, RetrievalParts parts, IKernels kernels)
    {
        using var scratch = new Scratch();
        var lists = parts.Index.Lists;
        int[] rows = [.. lists.Rows.ToArray().Select(row => row < 0 ? -1 : trained.Items.Find(parts.Items.Ids.Number(row)))];
        var (embeddings, bias) = trained.ItemTower.Forward(
            new ItemBatch(rows.Length, Tensor.From<int>(rows), []), new ForwardPass(kernels, scratch));
        bias.Span.CopyTo(lists.Bias.Span);
        for (long i = 0; i < embeddings.Count; i++) parts.Cache.Embeddings[i] = (BFloat16)embeddings[i];
    }

    static void Draw(AnyTensor tensor, Random random, float size)
    {
        if (tensor.Type != ElementType.F32) return;
        foreach (ref float value in tensor.As<float>().Span) value += (random.NextSingle() - 0.5f) * size;
    }

    static ItemNeighbours RandomNeighbours(Random random)
    {
        var (start, items) = (new List<long> { 0 }, new List<int>());
        for (int r = 0; r < Trained; r++)
        {
            items.AddRange(Enumerable.Range(0, r % 4 * 12).Select(_ => random.Next(Trained)).Distinct());
            start.Add(items.Count);
        }
        return new ItemNeighbours(
            Tensor.From<long>([.. start]), Tensor.From<int>([.. items]),
            Tensor.From<BFloat16>([.. items.Select(_ => (BFloat16)((random.NextSingle() * 2) - 0.5f))]));
    }
}
