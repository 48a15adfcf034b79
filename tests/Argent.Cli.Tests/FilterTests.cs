using System.Runtime.InteropServices;

namespace Argent.Cli.Tests;

public sealed class FilterTests(PublishedModel model) : IClassFixture<PublishedModel>
{
    [Fact]
    public async Task Filters_over_numbers_print_the_rows_that_match_and_say_which_lines_are_wrong()
    {
        using var folder = new TemporaryFolder();
        // Four items; feature 1 is a language, feature 2 has any number of categories.
        Write<int>(folder["f.i32"], [1, 2]);
        Write<long>(folder["o.i64"], [0, 1, 3, 5, 6, 7, 8, 9, 11]);
        Write<long>(folder["v.i64"], [100, 200, 201, 100, 101, 200, 102, 202, 100, 200, 203]);
        File.WriteAllLines(folder["filters.txt"], ["1:100", "1:100 AND NOT 2:201", "1:102 | 2:203", "!1:100", "", "1:-5", "1:100 AND ("]);
        var result = await Shell.RunAsync(
            "filter", "--ids", "--offsets", folder["o.i64"], "--values", folder["v.i64"], "--features", folder["f.i32"],
            "--filters", folder["filters.txt"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
        string[] lines = result.Output.Split('\n');
        Assert.Equal(["[0,1,3]", "[1,3]", "[2,3]", "[2]", "[0,1,2,3]", "[]"], lines[..6]);
        Assert.Contains("line 7, column 12", lines[6], StringComparison.Ordinal);
        Assert.Contains("line 7, column 12", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_over_a_model_is_counted_leaf_by_leaf()
    {
        const string Filter = "language = 'eng' AND year >= 1990";
        string[] words = ["filter", "--model", model.Models, "--filter", Filter];
        var json = (await Shell.DoAsync([.. words, "--format", "json"])).Json;
        Assert.Equal((Filter, 300), ((string)json["filter"]!, (int)json["items"]!));
        int matches = (int)json["matches"]!;
        var leaves = json["leaves"]!.AsArray();
        Assert.Equal(["language = 'eng'", "year >= 1990"], leaves.Select(leaf => (string)leaf!["filter"]!));
        Assert.All(leaves, leaf => Assert.InRange((int)leaf!["matches"]!, matches, 300));
        Assert.InRange((int)json["estimate"]!["most"]!, matches, 300);
        Assert.Equal(Math.Min(5, matches), json["samples"]!.AsArray().Count);
        Assert.All(json["samples"]!.AsArray(), item => Assert.Equal("eng", (string?)item!["values"]!["language"]![0]));
        // The served search finds as many when it looks everywhere.
        var answer = await Shell.DoAsync(
            "query", "--model", model.Models, "--k", "300", "--filter", Filter, "--format", "json");
        Assert.Equal(matches, answer.Json["items"]!.AsArray().Count);
        var text = await Shell.DoAsync(words);
        Assert.Contains($"matches    {matches} of 300 items", text.Output, StringComparison.Ordinal);
        Assert.Contains("bitmap rows", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_filter_or_a_mixture_of_both_forms_is_refused()
    {
        var wrong = await Shell.RunAsync("filter", "--model", model.Models, "--filter", "langauge = 'eng'");
        Assert.Equal(ExitCode.BadInput, wrong.Code);
        Assert.Contains("line 1, column 1", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'language'", wrong.Error, StringComparison.Ordinal);
        (string[] Words, string Expected)[] misused =
        [
            (["filter"], "--model"),
            (["filter", "--model", model.Models], "--filter"),
            (["filter", "--ids", "--model", model.Models], "--model"),
            (["filter", "--ids", "--offsets", "o.i64"], "--values"),
            (["filter", "--model", model.Models, "--filter", "TRUE", "--filters", "f.txt"], "--filters"),
        ];
        foreach (var (words, expected) in misused)
        {
            var result = await Shell.RunAsync(words);
            Assert.Equal(ExitCode.BadUsage, result.Code);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Offsets_that_do_not_fit_are_bad_input()
    {
        using var folder = new TemporaryFolder();
        Write<int>(folder["f.i32"], [1, 2]);
        Write<long>(folder["o.i64"], [0, 1]);
        Write<long>(folder["v.i64"], [100]);
        File.WriteAllText(folder["filters.txt"], "1:100\n");
        var result = await Shell.RunAsync(
            "filter", "--ids", "--offsets", folder["o.i64"], "--values", folder["v.i64"], "--features", folder["f.i32"],
            "--filters", folder["filters.txt"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
    }

    static void Write<T>(string path, ReadOnlySpan<T> values) where T : unmanaged =>
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(values));
}
