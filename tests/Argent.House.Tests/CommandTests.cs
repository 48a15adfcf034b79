using System.CommandLine.Parsing;
using Argent.Cli;

namespace Argent.House.Tests;

public sealed class CommandTests
{
    static IEnumerable<string> Names => CommandLine.Commands().Select(c => c.Name);

    [Fact]
    public void Every_command_is_in_the_documents()
    {
        string pages = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(File.ReadAllText))
            + Repository.Read("README.md");
        Breaches.AssertNone("A command stands in the README or in docs as `NAME` or `argent NAME`.",
            Names.Where(name => !pages.Contains($"`{name}`", StringComparison.Ordinal)
                && !pages.Contains("argent " + name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_command_shows_an_example_in_its_help()
    {
        foreach (string name in Names)
        {
            var output = new StringWriter();
            var terminal = new Terminal(output, TextWriter.Null, IsInteractive: false);
            int code = await CommandLine.RunAsync([name, "--help"], terminal, TestContext.Current.CancellationToken);
            Assert.Equal(0, code);
            Assert.Contains("Example:", output.ToString(), StringComparison.Ordinal);
            Assert.Contains($"  argent {name} ", output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_example_is_a_command_line_that_parses() => Breaches.AssertNone(
        "An example can be copied.",
        from command in CommandLine.Commands()
        let words = CommandLineParser.SplitCommandLine(command.Example).Skip(1).ToList()
        from error in CommandLine.Parse(words).Errors
        select $"{command.Example}: {error.Message}");

    [Fact]
    public void Commands_are_described_by_a_sentence() => Breaches.AssertNone(
        "A command's description is a sentence of at least a few words that ends with a full stop.",
        CommandLine.Commands().Where(c => c.Description is null || !c.Description.EndsWith('.') || !c.Description.Contains(' '))
            .Select(c => c.Name));
}
