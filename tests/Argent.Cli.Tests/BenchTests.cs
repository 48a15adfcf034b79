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
    public async Task Rankings_have_rows_for_cached_and_computed_embeddings_and_a_goal_for_each_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["bench", "rank", "--quick", "--items", "1000", "--quiet", "--threads", "1", "--cache", folder["cache"]];
        var result = await Shell.DoAsync([.. words, "--format", "json"]);
        var rows = result.Json["rows"]!.AsArray();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.Equal(1000, (double)row!["settings"]!["items"]!));
        Assert.True((double)Assert.Single(result.Json["goals"]!.AsArray())!["measured"]! > 0);
        Assert.Contains("1,000 items in one request", result.Json["notes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blend_has_a_row_for_each_measure_and_window_and_two_goals()
    {
        var result = await Shell.DoAsync("bench", "blend", "--quick", "--quiet", "--format", "json");
        var engines = result.Json["rows"]!.AsArray().Select(row => (string)row!["engine"]!).ToList();
        Assert.Equal(["mmr", "ssd", "dpp", "ssd, spacing, rules"], engines.Distinct());
        Assert.Equal(8, engines.Count);
        Assert.Equal(2, result.Json["goals"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_small_search_without_rivals_leaves_rows_goals_and_plots_and_check_says_what_was_not_shown()
    {
        Assert.SkipUnless(MachineLimits.CanMeasure, "This processor lacks AVX2 or FMA.");
        using var folder = new TemporaryFolder();
        string[] words =
        [
            "bench", "search", "--quick", "--quiet", "--items", "1200", "--queries", "16", "--rivals", "none", "--sizes", "200,500",
            "--cache", folder["cache"], "--out", folder["out"], "--check", "--format", "json",
        ];
        var check = await Shell.RunAsync(words);
        var report = ResultFolder.Read(folder["out"]);
        Assert.All(report.Rows, r => Assert.True(r.Engine == "argent" && r.Rounds >= 5 && r.PerSecond > 0));
        Assert.All(report.Rows, r => Assert.InRange(r.Recall!.Value, 0.01, 1));
        Assert.True(report.Rows.Select(r => r.Group).Distinct().Count() >= 5);
        Assert.True(File.Exists(Path.Combine(folder["out"], "qps-recall.svg")));
        Assert.True(File.Exists(Path.Combine(folder["out"], "qps-items.svg")));
        Assert.Equal(ExitCode.Failed, check.Code);
        Assert.Contains("not measured: k 100, batch 1, recall >= 0.976: times Faiss IVFFlat (Faiss was not there)", check.Error,
            StringComparison.Ordinal);
        Assert.Contains(check.Json["goals"]!.AsArray(), g => (string?)g!["verdict"] == "notMeasured");
    }

    [Fact]
    public async Task Filtered_search_over_pass_rates_answers_rightly_and_leaves_rows_goals_and_plots()
    {
        Assert.SkipUnless(MachineLimits.CanMeasure, "This processor lacks AVX2 or FMA.");
        using var folder = new TemporaryFolder();
        await Shell.DoAsync(
            "eval", "filters", "--quiet", "--items", "3000", "--queries", "4", "--rivals", "none", "--cache", folder["cache"],
            "--out", folder["out"]);
        var report = ResultFolder.Read(folder["out"]);
        // Three kinds of filters and none, seven pass rates, three ks.
        Assert.Equal(4 * 7 * 3, report.Rows.Count);
        Assert.All(report.Rows, r => Assert.Equal(0, r.Figures["wrong answers"]));
        Assert.All(report.Rows.Where(r => r.Settings["pass %"] <= 1 && r.Engine != "argent, no filter"), r => Assert.Equal(1, r.Recall));
        Assert.Equal(9, report.Goals.Count);
        Assert.All(report.Goals, g => Assert.NotNull(g.Measured));
        Assert.True(File.Exists(Path.Combine(folder["out"], "recall-pass-rate.svg")));
        Assert.True(File.Exists(Path.Combine(folder["out"], "time-pass-rate.svg")));
    }

    [Theory]
    [InlineData("--data", "x.npy")]
    [InlineData("--sizes", "10000,many")]
    [InlineData("--rivals", "some")]
    [InlineData("--metric", "cosine")]
    public async Task Options_of_search_that_cannot_be_are_bad_usage(string option, string value)
    {
        var result = await Shell.RunAsync("bench", "search", option, value);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith("argent bench search: ", result.Error, StringComparison.Ordinal);
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
