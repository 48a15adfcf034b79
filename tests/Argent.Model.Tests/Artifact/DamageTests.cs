using System.Text;

namespace Argent.Model.Tests;

public sealed class DamageTests : IDisposable
{
    readonly TemporaryFolder _models = new();
    readonly string _folder;

    public DamageTests() => _folder = SampleArtifact.Write(_models.Path);

    public void Dispose() => _models.Dispose();

    string File(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData(SampleArtifact.Index, "index.codes")]
    [InlineData(SampleArtifact.Items, "items.ids")]
    [InlineData(SampleArtifact.Report, null)]
    [InlineData(Manifest.FileName, null)]
    public void A_missing_file_is_named(string file, string? tensor)
    {
        System.IO.File.Delete(File(file));
        string message = SampleArtifact.Refused(_folder).Message;
        Assert.Contains(file, message);
        if (tensor is not null) Assert.Contains(tensor, message);
    }

    [Theory]
    [InlineData(SampleArtifact.Index)]
    [InlineData(SampleArtifact.Items)]
    [InlineData(SampleArtifact.Report)]
    [InlineData(Manifest.FileName)]
    public void A_truncated_or_longer_file_is_refused_at_every_length(string file)
    {
        byte[] whole = System.IO.File.ReadAllBytes(File(file));
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 97))
        {
            System.IO.File.WriteAllBytes(File(file), whole[..length]);
            Assert.Contains(file, SampleArtifact.Refused(_folder).Message);
        }
        System.IO.File.WriteAllBytes(File(file), [.. whole, (byte)'x']);
        Assert.Contains(file, SampleArtifact.Refused(_folder).Message);
    }

    [Theory]
    [InlineData(SampleArtifact.Index)]
    [InlineData(SampleArtifact.Items)]
    [InlineData(SampleArtifact.Report)]
    [InlineData(Manifest.FileName)]
    public void A_flipped_bit_in_any_byte_is_found_by_verification(string file)
    {
        byte[] whole = System.IO.File.ReadAllBytes(File(file));
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            System.IO.File.WriteAllBytes(File(file), flipped);
            // Where the manifest's offsets or lengths differ, the error names the file that they are of.
            Assert.Contains(file == Manifest.FileName ? _folder : file, SampleArtifact.Refused(_folder, verify: true).Message);
        }
    }

    [Fact]
    public void A_flipped_value_names_file_and_tensor()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File(SampleArtifact.Items));
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(File(SampleArtifact.Items), bytes);
        Artifact.Open(_folder).Dispose();
        string message = SampleArtifact.Refused(_folder, verify: true).Message;
        Assert.Contains("'items.ids'", message);
        Assert.Contains(SampleArtifact.Items, message);
    }

    [Theory]
    [InlineData(SampleArtifact.Index)]
    [InlineData(SampleArtifact.Items)]
    public void A_part_of_another_version_is_refused_without_hashing(string file)
    {
        // The items part of the other version holds equal values: only its version differs.
        string other = SampleArtifact.Write(_models.Path, fill: 2);
        System.IO.File.Copy(Path.Combine(other, file), File(file), overwrite: true);
        string message = SampleArtifact.Refused(_folder).Message;
        Assert.Contains(file, message);
        Assert.Contains(Path.GetFileName(other), message);
    }

    [Theory]
    [InlineData("\"nList\": 1", "\"nList\": 2")]
    [InlineData("\"score\"", "\"scare\"")]
    [InlineData("\"metric\": \"l2\"", "\"metric\": \"ip\"")]
    [InlineData("0.0087", "0.0086")]
    [InlineData("\"recall\": 0.96", "\"recall\": 0.97")]
    [InlineData("\"offset\": ", "\"offset\": 1")]
    [InlineData("\"bytes\": ", "\"bytes\": 1")]
    [InlineData("\"version\": \"", "\"version\": \"0")]
    public void An_edited_manifest_is_refused(string from, string to)
    {
        string text = System.IO.File.ReadAllText(File(Manifest.FileName));
        Assert.Contains(from, text);
        System.IO.File.WriteAllText(File(Manifest.FileName), text.Replace(from, to, StringComparison.Ordinal));
        SampleArtifact.Refused(_folder);
    }

    [Theory]
    [InlineData("\"nList\"", "\"nLists\"", "Did you mean 'nList'?")]
    [InlineData("\"lineage\"", "\"linage\"", "Did you mean 'lineage'?")]
    [InlineData("\"seed\"", "\"x\"", "lineage.x")]
    [InlineData("\"metric\": \"l2\"", "\"metric\": \"l3\"", "metric")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "format version 2")]
    [InlineData("\"formatVersion\": 1,", "", "format version none")]
    [InlineData("\"name\": \"books\"", "\"name\": \"books\", \"name\": \"books\"", "name")]
    [InlineData("\"value\": \"score\",", "", "value")]
    public void A_wrong_key_of_the_manifest_is_named(string from, string to, string expected)
    {
        string text = System.IO.File.ReadAllText(File(Manifest.FileName));
        Assert.Contains(from, text);
        System.IO.File.WriteAllText(File(Manifest.FileName), text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(expected, SampleArtifact.Refused(_folder).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{\"formatVersion\":1}")]
    public void A_manifest_that_is_something_else_is_refused(string text)
    {
        System.IO.File.WriteAllBytes(File(Manifest.FileName), Encoding.UTF8.GetBytes(text));
        Assert.Contains(Manifest.FileName, SampleArtifact.Refused(_folder).Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() => Assert.Contains("gone", SampleArtifact.Refused(_models["gone"]).Message);
}
