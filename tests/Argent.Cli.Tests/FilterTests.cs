using System.Runtime.InteropServices;

namespace Argent.Cli.Tests;

public sealed class FilterTests
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
