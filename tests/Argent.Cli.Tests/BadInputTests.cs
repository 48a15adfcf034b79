using Argent.Data;
using Argent.Tensors;

namespace Argent.Cli.Tests;

public sealed class BadInputTests(PublishedModel model) : IClassFixture<PublishedModel>
{
    [Theory]
    [InlineData("train", "--data", "nowhere", "--out", "o")]
    [InlineData("publish", "--data", "nowhere", "--model", "m", "--out", "o")]
    [InlineData("publish", "--embeddings", "nowhere.npy", "--out", "o")]
    [InlineData("serve", "--model", "nowhere", "--port", "0")]
    [InlineData("query", "--model", "nowhere")]
    [InlineData("eval", "--data", "nowhere", "--model", "nowhere")]
    [InlineData("inspect", "nowhere")]
    [InlineData("verify", "nowhere")]
    [InlineData("filter", "--ids", "--offsets", "nowhere", "--values", "nowhere", "--features", "nowhere", "--filters", "nowhere")]
    [InlineData("quickstart", "--data", "nowhere", "--port", "0")]
    public async Task A_missing_file_is_bad_input_and_named(params string[] words)
    {
        var result = await Shell.RunAsync(words);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("nowhere", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("o"));
    }

    [Fact]
    public async Task A_wrong_filter_is_bad_input_with_its_place_and_the_nearest_name()
    {
        var result = await Shell.RunAsync("query", "--model", model.Models, "--filter", "year > 1990 AND langage = 'eng'");
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("column 17", result.Error, StringComparison.Ordinal);
        Assert.Contains("'language'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_value_formula_is_bad_input()
    {
        var result = await Shell.RunAsync("query", "--model", model.Models, "--value", "saves * 2");
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("saves", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_above_the_limit_is_bad_input()
    {
        var result = await Shell.RunAsync("query", "--model", model.Models, "--k", "100001");
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("100000", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_in_a_description_is_bad_input_with_the_nearest_name()
    {
        using var folder = new TemporaryFolder();
        string description = File.ReadAllText(Path.Combine(model.Data, "dataset.json"));
        File.WriteAllText(folder["dataset.json"], description.Replace("\"split\"", "\"splitt\"", StringComparison.Ordinal));
        var result = await Shell.RunAsync("train", "--data", folder.Path, "--out", folder["trained"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("'split'", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["trained"]));
    }

    [Fact]
    public async Task Vectors_of_another_dimension_are_bad_input_and_leave_no_file()
    {
        using var folder = new TemporaryFolder();
        int heads = 2;
        NpyWriter.Write(folder["q.npy"], Tensor.Zeros<float>(new Shape(heads, 17)));
        var result = await Shell.RunAsync("query", "--model", model.Models, "--vectors", folder["q.npy"], "--out", folder["ids.npy"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("17", result.Error, StringComparison.Ordinal);
        Assert.Contains("16", result.Error, StringComparison.Ordinal);
        Assert.Equal([folder["q.npy"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Every_altered_part_of_an_artifact_is_found_by_verify()
    {
        string version = Directory.GetDirectories(Path.Combine(model.Models, "generated")).Single();
        foreach (string part in Directory.GetFiles(version).Select(Path.GetFileName).OfType<string>())
        {
            using var folder = new TemporaryFolder();
            foreach (string file in Directory.GetFiles(version)) File.Copy(file, folder[Path.GetFileName(file)]);
            byte[] bytes = File.ReadAllBytes(folder[part]);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(folder[part], bytes);
            var result = await Shell.RunAsync("verify", folder.Path);
            Assert.True(result.Code == ExitCode.BadInput, $"{part}: {result.Code} {result.Error}");
        }
    }

    [Fact]
    public async Task Every_truncated_part_of_an_artifact_is_found_when_it_is_opened()
    {
        string version = Directory.GetDirectories(Path.Combine(model.Models, "generated")).Single();
        foreach (string part in Directory.GetFiles(version, "*.*").Select(Path.GetFileName).OfType<string>())
        {
            using var folder = new TemporaryFolder();
            foreach (string file in Directory.GetFiles(version)) File.Copy(file, folder[Path.GetFileName(file)]);
            byte[] bytes = File.ReadAllBytes(folder[part]);
            File.WriteAllBytes(folder[part], bytes[..^1]);
            var result = await Shell.RunAsync("query", "--model", folder.Path);
            Assert.True(result.Code == ExitCode.BadInput, $"{part}: {result.Code} {result.Error}");
            Assert.Contains(part, result.Error, StringComparison.Ordinal);
        }
    }
}
