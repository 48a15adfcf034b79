using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class ArtifactTests : IDisposable
{
    readonly TemporaryFolder _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        string folder = SampleArtifact.Write(_models.Path);
        using var artifact = Artifact.Open(folder, verify: true);

        Assert.Equal(folder, Path.Combine(_models["books"], artifact.Manifest.Version));
        Assert.Equal(Manifest.VersionDigits, artifact.Manifest.Version.Length);
        Assert.Equal("books/" + artifact.Manifest.Version, artifact.Manifest.Id());
        Assert.Equal([1, -2, 3, 4, 5, 6, 7], artifact.Get<sbyte>("index.codes").ToArray());
        Assert.Equal([0.5f, 0.25f, 1f], artifact.Get<float>("index.scales").ToArray());
        Assert.Equal([1, 2, 3, 5, 8], artifact.Get<long>("items.ids").ToArray());
        Assert.True(artifact.Has("items.ids"));
        Assert.False(artifact.Has("items.titles"));

        var draft = SampleArtifact.Draft();
        Assert.Equal(draft.Model.Metric, artifact.Manifest.Model.Metric);
        Assert.Equal(draft.Lists, artifact.Manifest.Lists);
        Assert.Equal(draft.Bloom, artifact.Manifest.Bloom);
        Assert.Equal(draft.Lineage, artifact.Manifest.Lineage);
        Assert.Equal(draft.Features, artifact.Manifest.Features);
        Assert.Equal("Bücher <1>", artifact.Manifest.Report!.Value.GetProperty("title").GetString());
    }

    [Fact]
    public void Equal_input_gives_equal_bytes_and_another_input_another_version()
    {
        using var other = new TemporaryFolder();
        string first = SampleArtifact.Write(_models.Path);
        string second = SampleArtifact.Write(other.Path);

        Assert.Equal(Path.GetFileName(first), Path.GetFileName(second));
        string[] files = [.. Directory.GetFiles(first).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal([SampleArtifact.Index, SampleArtifact.Items, Manifest.FileName, SampleArtifact.Report], files);
        foreach (string file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
        }

        Assert.NotEqual(Path.GetFileName(first), Path.GetFileName(SampleArtifact.Write(other.Path, fill: 2)));
    }

    [Fact]
    public void Each_thing_in_the_draft_and_in_the_parts_changes_the_version()
    {
        var parts = SampleArtifact.Parts();
        var documents = SampleArtifact.Documents();
        string Version(Manifest draft, IReadOnlyList<ArtifactDocument> with) =>
            Path.GetFileName(ArtifactWriter.Write(_models.Path, draft, parts, with));

        var draft = SampleArtifact.Draft();
        string[] versions =
        [
            Version(draft, documents),
            Version(draft with { Value = "score * 2" }, documents),
            Version(draft with { Lineage = new Lineage { Seed = 8 } }, documents),
            Version(draft with { Report = null }, documents),
            Version(draft, []),
            Version(draft, [new ArtifactDocument(SampleArtifact.Report, "<HTML>"u8.ToArray())]),
        ];
        Assert.Distinct(versions);
    }

    [Fact]
    public void A_formula_in_JSON_is_an_object_of_the_manifest()
    {
        var draft = SampleArtifact.Draft() with { Value = """ {"let": {"a": "1"}, "score":"score + a * ('ä' = user.x)"} """ };
        string folder = ArtifactWriter.Write(_models.Path, draft, SampleArtifact.Parts(), []);
        string manifest = File.ReadAllText(Path.Combine(folder, Manifest.FileName));
        const string written = "\"value\": {\n    \"let\": {\n      \"a\": \"1\"\n    },\n    \"score\": \"score + a * ('ä' = user.x)\"";
        Assert.Contains(written, manifest, StringComparison.Ordinal);
        using var artifact = Artifact.Open(folder, verify: true);
        var model = new ValueModel(artifact.Manifest.Value, ["score"]);
        Assert.Equal([1f], model.Compiled.Bind(new Dictionary<string, string> { ["x"] = "ä" }).Program.Constants);
    }

    [Fact]
    public void A_version_that_is_there_is_kept_and_a_damaged_one_is_written_again()
    {
        string folder = SampleArtifact.Write(_models.Path);
        string part = Path.Combine(folder, SampleArtifact.Items);
        var before = File.GetLastWriteTimeUtc(part);
        Assert.Equal(folder, SampleArtifact.Write(_models.Path));
        Assert.Equal(before, File.GetLastWriteTimeUtc(part));

        File.Delete(part);
        Assert.Equal(folder, SampleArtifact.Write(_models.Path));
        using var artifact = Artifact.Open(folder, verify: true);
        Assert.Equal([folder], Directory.GetDirectories(_models["books"]));
    }

    [Fact]
    public void A_failure_leaves_nothing_behind()
    {
        var parts = SampleArtifact.Parts().ToList();
        var document = new ArtifactDocument("blocked", []);
        string name = new('x', ArtifactNames.LengthMax);
        void Refused(Manifest draft, IReadOnlyList<ArtifactPart> with, params ArtifactDocument[] documents) =>
            Assert.Throws<ArgumentException>(() => ArtifactWriter.Write(_models.Path, draft, with, documents));
        Refused(SampleArtifact.Draft("../evil"), parts);
        Refused(SampleArtifact.Draft(name + "x"), parts);
        Refused(SampleArtifact.Draft(), parts, document, document);
        Refused(SampleArtifact.Draft(), [.. parts, parts[0] with { File = "again" }]);
        // The last file fails after the first ones are complete.
        parts.Add(new ArtifactPart("late.safetensors", [("__pad_0", parts[0].Tensors[0].Tensor)]));
        Refused(SampleArtifact.Draft(), parts);
        Assert.Empty(Directory.GetFileSystemEntries(_models.Path));
    }

    [Fact]
    public void A_later_failure_leaves_earlier_versions_as_they_were()
    {
        string folder = SampleArtifact.Write(_models.Path);
        var late = new ArtifactPart("late.safetensors", [("__metadata__", AnyTensor.From(Tensor.From(1f)))]);
        ArtifactPart[] parts = [.. SampleArtifact.Parts(), late];
        Assert.Throws<ArgumentException>(() => ArtifactWriter.Write(_models.Path, SampleArtifact.Draft(), parts, []));
        Assert.Equal([folder], Directory.GetDirectories(_models["books"]));
        Assert.Equal(folder, Artifact.Resolve(_models.Path));
    }

    [Fact]
    public void Writes_to_a_mapped_tensor_never_reach_the_file()
    {
        string folder = SampleArtifact.Write(_models.Path);
        using (var artifact = Artifact.Open(folder)) artifact.Get<long>("items.ids")[0] = 99;
        using var again = Artifact.Open(folder, verify: true);
        Assert.Equal(1, again.Get<long>("items.ids")[0]);
    }

    [Fact]
    public void A_tensor_that_is_missing_or_of_another_type_is_named()
    {
        using var artifact = Artifact.Open(SampleArtifact.Write(_models.Path));
        Assert.Contains("'index.none'", Assert.Throws<InvalidDataException>(() => artifact.Get<float>("index.none")).Message);
        Assert.Contains("'index.codes'", Assert.Throws<InvalidDataException>(() => artifact.Get<float>("index.codes")).Message);
    }
}
