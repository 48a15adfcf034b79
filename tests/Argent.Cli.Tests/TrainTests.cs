using System.Text.Json;
using Argent.Model;

namespace Argent.Cli.Tests;

public sealed class TrainTests(PublishedModel model) : IClassFixture<PublishedModel>
{
    [Theory]
    [InlineData("--epochs", "3")]
    [InlineData("--dim", "32")]
    [InlineData("--weight-decay", "0.5")]
    [InlineData("--user-hidden", "16")]
    [InlineData("--validation-users", "9")]
    [InlineData("--sequence", "8")]
    [InlineData("--trend-days", "30")]
    [InlineData("--over-arch-users", "50")]
    public async Task An_option_of_towers_is_refused_by_name_where_towers_are_kept(string option, string value)
    {
        var result = await Shell.RunAsync(
            "train", "--data", model.Data, "--out", model.Trained, "--over-arch", "mlp", "--keep-towers", option, value);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith($"argent train: {option} is about training towers", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sequence", "8")]
    [InlineData("--trend-days", "30")]
    public async Task Users_of_an_OverArch_are_refused_where_events_are_kept_back_by_time(string option, string value)
    {
        using var folder = new TemporaryFolder();
        var result = await Shell.RunAsync(
            "train", "--data", model.Data, "--out", folder["trained"], "--over-arch", "mlp", "--over-arch-users", "50", option, value);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith("argent train: --over-arch-users cannot be with", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--over-arch-options", "{}")]
    [InlineData("--over-arch-features", "bias")]
    [InlineData("--over-arch-candidates", "50")]
    [InlineData("--over-arch-users", "50")]
    [InlineData("--keep-towers", null)]
    public async Task An_option_of_the_OverArch_is_refused_by_name_without_one(string option, string? value)
    {
        string[] words = ["train", "--data", model.Data, "--out", model.Trained, option];
        var result = await Shell.RunAsync(value is null ? words : [.. words, value]);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith($"argent train: {option} needs --over-arch KIND.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "targetAttention": -1 }""", "targetAttention is -1")]
    [InlineData("""{ "targetAtention": 4 }""", "targetAtention")]
    public async Task Wrong_options_of_the_kind_are_refused_by_name(string options, string message)
    {
        using var folder = new TemporaryFolder();
        await TrainAsync(folder["trained"], """{ "projection": 0 }""");
        var result = await Shell.RunAsync(
            "train", "--data", model.Data, "--out", folder["trained"], "--keep-towers", "--over-arch", "mlp",
            "--over-arch-options", options);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_OverArch_with_target_attention_is_trained_published_and_served()
    {
        using var folder = new TemporaryFolder();
        await TrainAsync(folder["trained"], """{ "hidden": [8], "targetAttention": 4 }""");
        await Shell.DoAsync("publish", "--data", model.Data, "--model", folder["trained"], "--out", folder["models"], "--quiet");
        using var artifact = Artifact.Open(Artifact.Resolve(folder["models"]));
        Assert.Equal("mlp", artifact.Manifest.Model.OverArch!.Kind);
        string[] names = [.. artifact.Manifest.Tensors.Select(t => t.Name)];
        Assert.Contains("over_arch.target.key.weight", names);
        Assert.Contains("over_arch.items", names);

        var answer = await Shell.RunAsync(
            "eval", "--data", model.Data, "--model", folder["models"], "--format", "json", "--quiet", "--threads", "1");
        Assert.True(answer.Code == 0, answer.Error);
        using var json = JsonDocument.Parse(answer.Output);
        var measured = json.RootElement.GetProperty("tasks").EnumerateObject().Single().Value;
        static double Recall(JsonElement ranking) => ranking.GetProperty("recall@20").GetDouble();
        Assert.True(Recall(measured) > Recall(measured.GetProperty("popularity")), answer.Output);
    }

    async Task TrainAsync(string folder, string options)
    {
        await Shell.DoAsync(
            "train", "--data", model.Data, "--out", folder, "--epochs", "2", "--dim", "16", "--threads", "1", "--quiet",
            "--over-arch", "mlp", "--over-arch-candidates", "60", "--over-arch-users", "80", "--over-arch-options", options);
    }
}
