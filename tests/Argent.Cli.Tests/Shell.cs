using System.Text.Json.Nodes;

namespace Argent.Cli.Tests;

/// <summary>What a command line printed and returned.</summary>
sealed record ShellResult(int Code, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;
}

/// <summary>Runs command lines in this process.</summary>
static class Shell
{
    /// <summary>Runs one command line; the words are already apart.</summary>
    public static async Task<ShellResult> RunAsync(params string[] words)
    {
        using StringWriter output = new(), error = new();
        var terminal = new Terminal(output, error, IsInteractive: false);
        int code = await CommandLine.RunAsync(words, terminal, TestContext.Current.CancellationToken);
        return new ShellResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that must succeed.</summary>
    public static async Task<ShellResult> DoAsync(params string[] words)
    {
        var result = await RunAsync(words);
        Assert.True(result.Code == 0, $"argent {string.Join(' ', words)} returned {result.Code}: {result.Error}");
        return result;
    }
}
