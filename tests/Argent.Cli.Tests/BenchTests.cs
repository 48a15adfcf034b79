using Argent.Bench;

namespace Argent.Cli.Tests;

public sealed class BenchTests
{
    [Fact]
    public async Task Limits_are_printed_as_text_and_as_json_and_written_to_a_folder()
    {
        Assert.SkipUnless(MachineLimits.CanMeasure, "This processor lacks AVX2 or FMA.");
        using var folder = new TemporaryFolder();
        var text = await Shell.DoAsync("bench", "limits", "--quick", "--quiet");
        Assert.Contains("memory read, one core", text.Output, StringComparison.Ordinal);
        var result = await Shell.DoAsync("bench", "limits", "--quick", "--quiet", "--format", "json", "--out", folder["out"]);
        Assert.True((double)result.Json["limits"]!["readOneCore"]! > 0);
        Assert.Equal("limits", ResultFolder.Read(folder["out"]).Benchmark);
    }

    [Fact]
    public async Task Dense_has_rows_for_products_lists_and_scores_and_states_its_goals()
    {
        Assert.SkipUnless(MachineLimits.CanMeasure, "This processor lacks AVX2 or FMA.");
        var result = await Shell.DoAsync("bench", "dense", "--quick", "--quiet", "--format", "json");
        var groups = result.Json["rows"]!.AsArray().Select(row => (string)row!["group"]!).ToHashSet();
        Assert.Equal(["matrix products", "choosing lists", "exact scores"], groups);
        Assert.Equal(2, result.Json["goals"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_unknown_benchmark_is_refused_with_the_nearest_name()
    {
        var result = await Shell.RunAsync("bench", "limit");
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.Contains("there is no 'limit'. Did you mean 'limits'?", result.Error, StringComparison.Ordinal);
        result = await Shell.RunAsync("bench", "limits", "--rounds", "4");
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith("argent bench limits: --rounds is 4; it must be 5 or more.", result.Error, StringComparison.Ordinal);
    }
}
