using System.Text.Json;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

/// <summary>What a sample model is made of.</summary>
sealed record SampleOptions
{
    public int Items { get; init; } = 700;

    public int Dim { get; init; } = 20;

    public int NList { get; init; } = 12;

    public Metric Metric { get; init; }

    public string[] Tasks { get; init; } = ["score"];

    public string Value { get; init; } = "score";

    public TaskActivation Activation { get; init; }

    public MergeKind Merge { get; init; }

    public string? MergeOperator { get; init; }

    public bool HasFeatures { get; init; } = true;

    public bool HasBias { get; init; }

    public bool HasTextIds { get; init; }

    public int Seed { get; init; } = 1;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ModelLimits Limits { get; init; } = new();

    public TrainedModel? Trained { get; init; }

    public BlendConfig Blend { get; init; } = new();
}

/// <summary>
/// A small model in memory, laid out by hand. Vectors are small integers, so that bfloat16 holds them and float32 sums
/// are exact: a result can be compared with brute force bit by bit, ties included.
/// </summary>
sealed class SampleModel
{
    public SampleModel(SampleOptions options, IKernels kernels)
    {
        Options = options;
        FusedRanks.Register();
        var random = new Random(options.Seed);
        Vectors = [.. Enumerable.Range(0, options.Items).Select(_ => Vector(random, options.Dim))];
        Bias = [.. Vectors.Select(v => ItemBias(options, v, random))];
        Catalogue = SampleCatalogue.Create(random, options);
        int[][] lists = Lists(random, out var centroids);
        Parts = Compose(kernels, lists, centroids);
        Model = new RetrievalModel(Parts);
    }

    public SampleOptions Options { get; }

    public float[][] Vectors { get; }

    public float[] Bias { get; }

    public Catalogue Catalogue { get; }

    public RetrievalParts Parts { get; }

    public RetrievalModel Model { get; }

    /// <summary>The manifest that publishing would write.</summary>
    public Manifest Manifest() => new()
    {
        Name = Parts.Name,
        Model = Parts.Description,
        Features = [.. Catalogue.Columns.Select((c, f) => new FeatureDescription(
            c.Spec.Name, c.Spec.Type, f switch { 0 => "bitmap", 1 => "bloom", _ => "codes" }, Parts.Filter!.Layout.FirstExactRow[f],
            c.Vocabulary?.Count ?? 0))],
        Lists = new ListsDescription(Options.NList, Parts.Index.Slots, Options.Items, Parts.DefaultNProbe),
        Bloom = Parts.Filter is { } filter ? new BloomDescription(filter.Layout.ExactRows, filter.Layout.HashCount, 0.1, 0.1) : null,
        Value = Parts.Value,
        Blend = Parts.Blend,
    };

    /// <summary>Writes the model as an artifact.</summary>
    public string Write(string models) => ArtifactWriter.Write(models, Manifest(), Model.Parts(), []);

    /// <summary>A query of small integers for each head.</summary>
    public UserInput User(Random random) => new() { Vectors = [.. Options.Tasks.Select(_ => Vector(random, Options.Dim))] };

    static float[] Vector(Random random, int dim) => [.. Enumerable.Range(0, dim).Select(_ => (float)random.Next(-8, 9))];

    static float ItemBias(SampleOptions options, float[] vector, Random random) => options.Metric == Metric.L2
        ? -vector.Sum(x => x * x) / 2
        : options.HasBias ? random.Next(-40, 41) : 0;

    int[][] Lists(Random random, out Tensor<float> centroids)
    {
        var (items, dim, nlist) = (Options.Items, Options.Dim, Options.NList);
        centroids = Tensor.Zeros<float>(new Shape(nlist, dim));
        for (int l = 0; items > 0 && l < nlist; l++) Vectors[random.Next(items)].CopyTo(centroids.Row(l));
        var members = Enumerable.Range(0, nlist).Select(_ => new List<int>()).ToArray();
        for (int row = 0; row < items; row++)
        {
            int best = 0;
            double bestScore = double.MinValue;
            for (int l = 0; l < nlist; l++)
            {
                double score = 0;
                for (int d = 0; d < dim; d++)
                {
                    double difference = Vectors[row][d] - centroids[l * dim + d];
                    score -= difference * difference;
                }
                if (score > bestScore) (best, bestScore) = (l, score);
            }
            members[best].Add(row);
        }
        // Not in order of rows: slots must not be mistaken for rows.
        return [.. members.Select(list => list.OrderByDescending(row => row * 7919L % 104_729).ToArray())];
    }

    RetrievalParts Compose(IKernels kernels, int[][] lists, Tensor<float> centroids)
    {
        var rows = Layout(lists, out int[] starts);
        var index = Index(kernels, rows, starts, [.. lists.Select(l => l.Length)], centroids, out var cache);
        var layout = SampleCatalogue.Layout(Catalogue);
        return new RetrievalParts
        {
            Name = "sample",
            Description = new ModelDescription
            {
                Dim = Options.Dim,
                Metric = Options.Metric,
                Tasks = Options.Tasks,
                TaskActivation = Options.Activation,
                Merge = Options.Merge,
                MergeOperator = Options.MergeOperator ?? (Options.Merge == MergeKind.Custom ? FusedRanks.Name : null),
                Towers = Options.Trained is { } trained ? JsonSerializer.SerializeToElement(trained.Config, StrictJson.Options) : null,
            },
            Index = index,
            Cache = cache,
            Items = ItemTable.From(Catalogue),
            Filter = Options.HasFeatures ? SampleCatalogue.Filter(Catalogue, layout, rows, kernels) : null,
            Forward = Options.HasFeatures ? SampleCatalogue.Forward(Catalogue, rows) : ForwardIndex.Empty,
            Towers = Options.Trained?.Config,
            UserTower = Options.Trained?.UserTower,
            ItemTower = Options.Trained?.ItemTower,
            Value = Options.Value,
            Blend = Options.Blend,
            DefaultNProbe = Math.Min(3, Options.NList),
            Limits = Options.Limits,
            Clock = Options.Clock,
        };
    }

    /// <summary>The row of each slot, -1 for spare ones.</summary>
    static int[] Layout(int[][] lists, out int[] starts)
    {
        starts = new int[lists.Length + 1];
        for (int l = 0; l < lists.Length; l++) starts[l + 1] = starts[l] + (lists[l].Length / 64 + 1) * 64;
        var rows = new int[starts[^1]];
        Array.Fill(rows, -1);
        for (int l = 0; l < lists.Length; l++) lists[l].CopyTo(rows, starts[l]);
        return rows;
    }

    IvfIndex Index(
        IKernels kernels, int[] rows, int[] starts, int[] counts, Tensor<float> centroids, out EmbeddingCache cache)
    {
        int slots = rows.Length, dim = Options.Dim;
        var embeddings = Tensor.Zeros<float>(new Shape(slots, dim));
        var lists = new IvfTensors
        {
            Codes = Tensor.Zeros<sbyte>(new Shape(slots, (dim + 63) / 64 * 64)),
            Scales = Tensor.Zeros<float>(new Shape(slots)),
            Bias = Tensor.Zeros<float>(new Shape(slots)),
            Live = Tensor.Zeros<ulong>(new Shape(slots / 64)),
            Rows = Tensor.From<int>(rows),
            SlotOfRow = Tensor.Zeros<int>(new Shape(Options.Items)),
            ListStart = Tensor.From<int>(starts),
            ListCount = Tensor.From<int>(counts),
        };
        for (int s = 0; s < slots; s++)
        {
            if (rows[s] < 0) continue;
            lists.SlotOfRow[rows[s]] = s;
            lists.Live[s / 64] |= 1UL << (s % 64);
            lists.Bias[s] = Bias[rows[s]];
            Vectors[rows[s]].CopyTo(embeddings.Row(s));
        }
        if (Options.Metric == Metric.Cosine) kernels.NormalizeRows(new NormalizeRowsArgs { Input = embeddings, Output = embeddings });
        var center = Tensor.Zeros<float>(new Shape(dim));
        for (int d = 0; d < dim; d++) center[d] = d % 3 - 1;
        kernels.QuantizeRows(new QuantizeRowsArgs { Rows = embeddings, Center = center, Codes = lists.Codes, Scales = lists.Scales });
        cache = new EmbeddingCache(Tensor.Zeros<BFloat16>(embeddings.Shape));
        for (long i = 0; i < embeddings.Count; i++) cache.Embeddings[i] = (BFloat16)embeddings[i];
        var centroidBias = Tensor.Zeros<float>(new Shape(counts.Length));
        for (int l = 0; Options.Metric == Metric.L2 && l < counts.Length; l++)
        {
            foreach (float x in centroids.Row(l)) centroidBias[l] -= x * x / 2;
        }
        return new IvfIndex(lists, centroids, centroidBias, center);
    }
}
