using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Serving.Tests;

/// <summary>A published model of plain vectors with features, in a folder of its own that goes with it.</summary>
public sealed class SmallModel : IDisposable
{
    public const int Items = 2000;
    public const int Dim = 16;
    public const int Seed = 5;

    readonly Random _random = new(Seed);
    readonly Tensor<float> _vectors;

    public SmallModel()
    {
        Kernels = CpuKernels.Create(Workers);
        _vectors = Vectors(Items);
        Publish(Folder, Kernels);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("argent-serving-").FullName;

    public Workers Workers { get; } = new(2);

    public IKernels Kernels { get; }

    /// <summary>Languages by item row: row % 4, one in ten missing.</summary>
    public static string? Language(int row) => row % 10 == 9 ? null : new[] { "eng", "fre", "ger", "spa" }[row % 4];

    public Snapshot Open() => Snapshot.Load(Artifact.Open(Artifact.Resolve(Folder)));

    public RetrievalRequest Request(int k = 10) => new() { User = new UserInput { Vectors = [RandomVector()] }, K = k };

    /// <summary>Publishes the same items once more.</summary>
    public void Publish(string folder, IKernels kernels)
    {
        var options = new PublishOptions { NList = 16, NProbe = 2 };
        var source = PublishSource.FromVectors("small", Catalogue(), _vectors, Metric.InnerProduct);
        Publisher.Publish(source, options, folder, kernels, Progress.None);
    }

    public void Dispose()
    {
        Workers.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    float[] RandomVector()
    {
        lock (_random) return [.. Enumerable.Range(0, Dim).Select(_ => (float)(_random.NextDouble() - 0.5))];
    }

    Tensor<float> Vectors(int count)
    {
        var vectors = Tensor.Zeros<float>(new Shape(count, Dim));
        for (int i = 0; i < count; i++) vectors.Row(i).Clear();
        for (int i = 0; i < count; i++) RandomVector().CopyTo(vectors.Row(i));
        return vectors;
    }

    static Catalogue Catalogue()
    {
        var ids = ItemIds.FromSorted([.. Enumerable.Range(0, Items).Select(i => (long)i * 10)]);
        var vocabulary = new Vocabulary(["eng", "fre", "ger", "spa"]);
        var start = new int[Items + 1];
        var values = new List<int>();
        for (int row = 0; row < Items; row++)
        {
            if (Language(row) is { } language) values.Add(vocabulary.Find(language));
            start[row + 1] = values.Count;
        }
        var languages = FeatureColumn.Categorical(new FeatureSpec("language", FeatureType.Category), vocabulary, start, [.. values]);
        long[] years = [.. Enumerable.Range(0, Items).Select(i => 1900L + i % 120)];
        var year = FeatureColumn.Ordered(new FeatureSpec("year", FeatureType.Integer), years);
        return new Catalogue(ids, [.. Enumerable.Range(0, Items).Select(i => $"Item {i}")], [languages, year]);
    }
}
