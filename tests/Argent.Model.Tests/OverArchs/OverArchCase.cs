using System.Globalization;
using System.Text.Json;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>Users, items and features of three requests, and an OverArch of every state over them.</summary>
sealed class OverArchCase : IDisposable
{
    public const int Dim = 12, Heads = 2, Tasks = 2, Features = 3, Items = 40;

    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public OverArchCase(string kind, string options, bool served)
    {
        var shape = new OverArchShape(Dim, Heads, Tasks, Features, JsonDocument.Parse(options).RootElement);
        OverArch Create(OverArchWeights weights) => kind switch
        {
            "mol" => new MolOverArch(shape, weights),
            "mlp" => new MlpOverArch(shape, weights),
            _ => new AttentionOverArch(shape, weights),
        };
        OverArch = Create(OverArchWeights.New(5));
        var random = new Random(77);
        // What begins at zero would hide mistakes.
        foreach (var (_, tensor) in OverArch.Tensors)
        {
            foreach (ref float value in tensor.As<float>().Span) value += (random.NextSingle() - 0.5f) * 0.6f;
        }
        if (served)
        {
            var trained = OverArch.Tensors.ToDictionary(t => "over_arch." + t.Name, t => t.Tensor);
            OverArch = Create(OverArchWeights.Served(name => trained.TryGetValue(name, out var tensor) ? tensor : null, "a test"));
        }
        Kernels = CpuKernels.Create(_workers);
        Queries = Random(random, 3 * Heads, Dim);
        Embeddings = Random(random, Items, Dim);
        FeatureRows = Random(random, Items, Features);
        Start = Tensor.From<int>(0, 17, 17, Items);
    }

    public OverArch OverArch { get; }

    public IKernels Kernels { get; }

    public Tensor<float> Queries { get; }

    public Tensor<float> Embeddings { get; }

    public Tensor<float> FeatureRows { get; }

    public Tensor<int> Start { get; }

    /// <summary>[4] bounds of the past items of each request, of which the last may have none.</summary>
    public Tensor<int> HistoryStart { get; init; } = Tensor.From<int>(0, 9, 11, 31);

    public static int RequestOf(int candidate) => candidate < 17 ? 0 : 2;

    /// <summary>Logits of candidates [first, end), which score in one batch.</summary>
    public float[] Logits(int first, int end, Dropout? dropout = null)
    {
        var pass = new ForwardPass(Kernels, _scratch) { Dropout = dropout };
        var batch = new CandidateBatch
        {
            Queries = Queries,
            Start = Tensor.From<int>([.. Start.ToArray().Select(s => Math.Clamp(s, first, end) - first)]),
            Request = Tensor.From<int>([.. Enumerable.Range(first, end - first).Select(RequestOf)]),
            Items = OverArch.ReadsItems ? Sides().Rows(first, end - first) : default,
            Features = FeatureRows.Rows(first, end - first),
            History = OverArch.ReadsHistory ? History() : default,
            HistoryStart = OverArch.ReadsHistory ? HistoryStart : default,
        };
        float[] logits = OverArch.Forward(batch, pass).ToArray();
        _scratch.Reset();
        return logits;
    }

    /// <summary>Sides of past items, which are the last items of the table backwards.</summary>
    public Tensor<float> History()
    {
        var (sides, count) = (Sides(), HistoryStart[HistoryStart.Count - 1]);
        var rows = Enumerable.Range(0, count).SelectMany(j => sides.Row(Items - 1 - j).ToArray());
        return Tensor.From<float>([.. rows], new Shape(count, sides.Shape[1]));
    }

    /// <summary>Item sides, rounded as publishing rounds them.</summary>
    public Tensor<float> Sides()
    {
        var sides = OverArch.ItemSide(Embeddings, new ForwardPass(Kernels, _scratch));
        return Tensor.From<float>([.. sides.ToArray().Select(v => (float)(BFloat16)v)], sides.Shape);
    }

    public double[] User(int candidate) =>
        [.. Queries.Rows(RequestOf(candidate) * Heads, Heads).ToArray().Select(v => (double)v)];

    public void AssertNear(Func<int, double[]> oracle, double tolerance)
    {
        float[] logits = Logits(0, Items);
        for (int c = 0; c < Items; c++)
        {
            double[] expected = oracle(c);
            for (int t = 0; t < Tasks; t++)
            {
                double actual = logits[(c * Tasks) + t];
                if (Math.Abs(actual - expected[t]) <= tolerance * (1 + Math.Abs(expected[t]))) continue;
                Assert.Fail(string.Create(
                    CultureInfo.InvariantCulture, $"Candidate {c}, task {t}: {actual}, float64 gives {expected[t]}."));
            }
        }
    }

    public void Dispose()
    {
        _workers.Dispose();
        _scratch.Dispose();
    }

    static Tensor<float> Random(Random random, int rows, int columns)
    {
        var values = Tensor.Zeros<float>(new(rows, columns));
        foreach (ref float value in values.Span) value = (float)(BFloat16)(random.NextSingle() - 0.5f);
        return values;
    }
}
