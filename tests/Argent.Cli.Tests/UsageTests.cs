namespace Argent.Cli.Tests;

public sealed class UsageTests
{
    [Fact]
    public async Task An_unknown_command_is_refused_with_the_nearest_name()
    {
        var result = await Shell.RunAsync("trian", "--data", "x");
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith("argent: there is no command 'trian'. Did you mean 'train'?", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("train", "--dta")]
    [InlineData("publish", "--embedings")]
    [InlineData("serve", "--prot")]
    [InlineData("query", "--filer")]
    [InlineData("eval", "--modle")]
    [InlineData("inspect", "--formt")]
    [InlineData("verify", "--quit")]
    [InlineData("filter", "--offset")]
    [InlineData("doctor", "--prt")]
    [InlineData("quickstart", "--onec")]
    public async Task An_unknown_option_is_refused_with_the_nearest_name(string command, string option)
    {
        var result = await Shell.RunAsync(command, option);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.Contains("Did you mean '--", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query", "--model", "m", "--k", "0")]
    [InlineData("query", "--model", "m", "--k", "many")]
    [InlineData("query", "--model", "m", "--requests", "a", "--vectors", "b")]
    [InlineData("query", "--model", "m", "--vectors", "b")]
    [InlineData("query", "--model", "m", "--format", "xml")]
    [InlineData("serve", "--model", "m", "--port", "70000")]
    [InlineData("serve", "--model", "m", "--host", "everywhere")]
    [InlineData("train", "--data", "d")]
    [InlineData("train", "--data", "d", "--out", "o", "--user-hidden", "64,wide")]
    [InlineData("publish", "--out", "o")]
    [InlineData("publish", "--out", "o", "--data", "d", "--model", "m", "--metric", "l2")]
    [InlineData("doctor", "--device", "gpu")]
    [InlineData("query", "--model", "m", "--device", "cuda:first")]
    [InlineData("doctor", "--threads", "-1")]
    [InlineData("bench")]
    [InlineData("bench", "limit")]
    public async Task Options_that_cannot_be_are_bad_usage(params string[] words)
    {
        var result = await Shell.RunAsync(words);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.StartsWith($"argent {words[0]}: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_at_all_is_bad_usage() => Assert.Equal(ExitCode.BadUsage, (await Shell.RunAsync()).Code);

    [Fact]
    public async Task Help_lists_every_command()
    {
        var help = await Shell.DoAsync("--help");
        Assert.All(CommandLine.Commands(), c => Assert.Contains($"  {c.Name} ", help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_says_what_it_found_as_text_and_as_json()
    {
        var text = await Shell.RunAsync("doctor", "--port", "0");
        Assert.Contains("processor", text.Output, StringComparison.Ordinal);
        var json = (await Shell.RunAsync("doctor", "--port", "0", "--format", "json")).Json;
        Assert.Equal(text.Code == 0, (bool)json["ok"]!);
        Assert.Contains(json["checks"]!.AsArray(), c => (string?)c!["name"] == "memory");
    }
}
