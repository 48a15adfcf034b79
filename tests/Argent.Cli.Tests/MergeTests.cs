using System.Text.Json.Nodes;

namespace Argent.Cli.Tests;

public sealed class MergeTests(PublishedModel published) : IClassFixture<PublishedModel>
{
    [Theory]
    [InlineData("roundRobin", "--merge", "round-robin")]
    [InlineData("weightedSum", "--merge", "weighted-sum", "--merge-weights", "1, 0.25")]
    public async Task The_merge_is_published_and_served(string kind, params string[] words)
    {
        using var folder = new TemporaryFolder();
        var result = await Shell.DoAsync(
            ["publish", "--data", published.Data, "--model", published.Trained, "--out", folder["models"], "--format", "json", .. words]);
        string manifest = File.ReadAllText(Path.Combine((string)result.Json["folder"]!, "manifest.json"));
        var model = JsonNode.Parse(manifest)!["model"]!;
        Assert.Equal(kind, (string)model["merge"]!);
        Assert.Equal(kind == "weightedSum" ? [1f, 0.25f] : null, model["mergeWeights"]?.AsArray().Select(w => (float)w!));
        var answer = await Shell.DoAsync("query", "--model", folder["models"], "--k", "7", "--format", "json");
        Assert.Equal(7, answer.Json["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(ExitCode.BadUsage, "round-robin", "--merge", "zip")]
    [InlineData(ExitCode.BadUsage, "weighted-sum", "--merge", "union", "--merge-weights", "1,2")]
    [InlineData(ExitCode.BadUsage, "1,0.4", "--merge", "weighted-sum", "--merge-weights", "1,much")]
    [InlineData(ExitCode.BadInput, "3 merge weights for 2 heads", "--merge", "weighted-sum", "--merge-weights", "1,2,3")]
    public async Task A_merge_that_cannot_be_is_refused_before_anything_is_written(int code, string expected, params string[] words)
    {
        using var folder = new TemporaryFolder();
        var result = await Shell.RunAsync(
            ["publish", "--data", published.Data, "--model", published.Trained, "--out", folder["models"], .. words]);
        Assert.Equal(code, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["models"]));
    }
}
