using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

/// <summary>Artifacts whose files are whole and whose tensors contradict one another: loading must say so.</summary>
public sealed class InconsistentArtifactTests : IDisposable
{
    readonly TemporaryFolder _models = new();
    readonly Workers _workers = new(1);
    readonly SampleModel _sample;

    public InconsistentArtifactTests() => _sample = new SampleModel(new SampleOptions { HasTextIds = true }, CpuKernels.Create(_workers));

    public void Dispose()
    {
        _workers.Dispose();
        _models.Dispose();
    }

    string Refused(Manifest manifest, IReadOnlyList<ArtifactPart> parts)
    {
        string folder = ArtifactWriter.Write(_models.Path, manifest, parts, []);
        return Assert.Throws<InvalidDataException>(() => Snapshot.Load(Artifact.Open(folder, verify: true)).Dispose()).Message;
    }

    [Theory]
    [InlineData("index.list_start", 1, 32)]
    [InlineData("index.list_start", 3, -64)]
    [InlineData("index.list_start", 12, 64)]
    [InlineData("index.list_count", 0, -1)]
    [InlineData("index.list_count", 5, 1_000_000)]
    [InlineData("index.rows", 0, 700)]
    [InlineData("index.rows", 63, -2)]
    [InlineData("index.slot_of_row", 699, 100_000)]
    [InlineData("forward.color.counts", 0, -1)]
    [InlineData("forward.tag.counts", 59, 1_000_000)]
    [InlineData("forward.year.step_distinct", 3, 0)]
    public void An_integer_out_of_range_names_its_tensor(string tensor, int at, int value)
    {
        var parts = _sample.Model.Parts();
        var values = parts.SelectMany(p => p.Tensors).First(t => t.Name == tensor).Tensor.As<int>();
        int before = values[at];
        values[at] = value;
        try
        {
            Assert.Contains(tensor, Refused(_sample.Manifest(), parts));
        }
        finally
        {
            values[at] = before;
        }
    }

    [Theory]
    [InlineData("filter.block_start", 1, 9)]
    [InlineData("filter.block_start", 0, 8)]
    [InlineData("filter.cut_start", 1, 1)]
    [InlineData("filter.cut_start", 3, 4)]
    [InlineData("filter.cuts", 1, 1992)]
    [InlineData("forward.tag.ranges", 7, long.MaxValue)]
    [InlineData("forward.tag.ranges", 7, -1)]
    [InlineData("forward.color.vocab_start", 2, 1000)]
    [InlineData("forward.color.with_value", 0, 1_000_000)]
    [InlineData("forward.year.step_ends", 3, 1990)]
    [InlineData("forward.year.step_sums", 9, 1_000_000)]
    [InlineData("items.id_start", 5, 0)]
    [InlineData("items.title_start", 700, 1)]
    public void An_offset_out_of_range_names_its_tensor(string tensor, int at, long value)
    {
        var parts = _sample.Model.Parts();
        var values = parts.SelectMany(p => p.Tensors).First(t => t.Name == tensor).Tensor.As<long>();
        long before = values[at];
        values[at] = value;
        try
        {
            Assert.Contains(tensor, Refused(_sample.Manifest(), parts));
        }
        finally
        {
            values[at] = before;
        }
    }

    [Fact]
    public void A_live_slot_without_an_item_is_named()
    {
        var live = _sample.Parts.Index.Lists.Live;
        live[0] |= 1UL << 63;
        _sample.Parts.Index.Lists.Rows[63] = -1;
        Assert.Contains("index.live", Refused(_sample.Manifest(), _sample.Model.Parts()));
    }

    [Theory]
    [InlineData("index.codes")]
    [InlineData("index.center")]
    [InlineData("filter.rows")]
    [InlineData("filter.cut_start")]
    [InlineData("filter.cuts")]
    [InlineData("forward.year.keys")]
    [InlineData("forward.year.step_sums")]
    [InlineData("forward.color.counts")]
    [InlineData("cache.embeddings")]
    [InlineData("items.id_text")]
    public void A_tensor_that_was_left_out_or_has_another_shape_is_named(string tensor)
    {
        var parts = _sample.Model.Parts();
        ArtifactPart[] without = [.. parts.Select(p => p with { Tensors = [.. p.Tensors.Where(t => t.Name != tensor)] })];
        Assert.Contains(tensor, Refused(_sample.Manifest(), without));
        var flat = AnyTensor.From(Tensor.Zeros<byte>(new Shape(3, 3)));
        (string, AnyTensor) Flattened((string Name, AnyTensor Tensor) t) => t.Name == tensor ? (t.Name, flat) : t;
        ArtifactPart[] other = [.. parts.Select(p => p with { Tensors = [.. p.Tensors.Select(Flattened)] })];
        Assert.Contains(tensor, Refused(_sample.Manifest(), other));
    }

    [Fact]
    public void A_manifest_that_does_not_fit_its_tensors_or_this_build_is_refused()
    {
        var manifest = _sample.Manifest();
        var parts = _sample.Model.Parts();
        var lists = manifest.Lists;
        (Manifest Manifest, string Expected)[] wrong =
        [
            (manifest with { Kind = "ranking" }, "ranking"),
            (manifest with { Blend = new BlendConfig { Spacing = [new() { Feature = "colour", Weight = 1 }] } }, "'color'"),
            (manifest with { Blend = new BlendConfig { Pool = 0, Rules = [new() { Feature = "color" }] } }, "pool"),
            (manifest with { Quantization = new QuantizationDescription { Kind = "int4" } }, "int4"),
            (manifest with { Value = "save" }, "save"),
            (manifest with { Model = manifest.Model with { Tasks = [] } }, "task"),
            (manifest with { Model = manifest.Model with { Dim = 21 } }, "21"),
            (manifest with { Model = manifest.Model with { Merge = MergeKind.WeightedSum, MergeWeights = [1, 2] } }, "weights"),
            (manifest with { Lists = lists with { Items = 699 } }, "699"),
            (manifest with { Lists = lists with { Slots = lists.Slots + 64 } }, "forward."),
            (manifest with { Lists = lists with { DefaultNProbe = 0 } }, "0 of 12"),
            (manifest with { Lists = lists with { NList = 11 } }, "lists"),
            (manifest with { Features = [manifest.Features[0] with { FirstExactRow = 4 }, .. manifest.Features.Skip(1)] }, "color"),
            (manifest with { Features = [.. manifest.Features.Take(2), manifest.Features[2] with { FirstExactRow = 5 }] }, "year"),
            (manifest with { Features = [manifest.Features[0], manifest.Features[0]] }, "color"),
        ];
        foreach (var (changed, expected) in wrong) Assert.Contains(expected, Refused(changed, parts));
    }
}
