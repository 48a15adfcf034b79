using System.Text.Json;
using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>A small artifact with every kind of part; it is not a whole model.</summary>
static class SampleArtifact
{
    public const string Index = "index.safetensors";
    public const string Items = "items.safetensors";
    public const string Report = "report.html";

    public static Manifest Draft(string name = "books", ulong seed = 7) => new()
    {
        Name = name,
        Model = new ModelDescription { Dim = 3, Metric = Metric.L2 },
        Features = [new FeatureDescription("genre", FeatureType.Categories, "bitmap", 0, 5)],
        Lists = new ListsDescription(1, 64, 5, 1),
        Value = "score",
        Bloom = new BloomDescription(5, 3, 0.01, 0.0087),
        Lineage = new Lineage { DatasetHash = "abc", Seed = seed },
        Report = JsonSerializer.SerializeToElement(new { recall = 0.96, title = "Bücher <1>" }),
    };

    public static IReadOnlyList<ArtifactPart> Parts(int fill = 1) =>
    [
        new(Index,
        [
            ("index.codes", AnyTensor.From(Tensor.From<sbyte>([(sbyte)fill, -2, 3, 4, 5, 6, 7], new Shape(7)))),
            ("index.scales", AnyTensor.From(Tensor.From<float>(0.5f, 0.25f, fill))),
        ]),
        new(Items, [("items.ids", AnyTensor.From(Tensor.From<long>(1, 2, 3, 5, 8)))]),
    ];

    public static IReadOnlyList<ArtifactDocument> Documents() => [new(Report, "<html>"u8.ToArray())];

    public static string Write(string models, string name = "books", int fill = 1) =>
        ArtifactWriter.Write(models, Draft(name), Parts(fill), Documents());

    public static InvalidDataException Refused(string folder, bool verify = false) =>
        Assert.Throws<InvalidDataException>(() => Artifact.Open(folder, verify).Dispose());
}
