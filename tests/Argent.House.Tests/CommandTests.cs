using System.CommandLine.Parsing;
using Argent.Cli;

namespace Argent.House.Tests;

public sealed class CommandTests
{
    static IEnumerable<string> Names => CommandLine.Commands().Select(c => c.Name);

    static readonly Lazy<string> _pages = new(() => Repository.Read("README.md") + string.Concat(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(File.ReadAllText)));

    [Fact]
    public void Every_command_is_in_the_documents() => Breaches.AssertNone(
        "A command stands in the README or in docs as `NAME` or `argent NAME`.",
        Names.Where(name => !_pages.Value.Contains($"`{name}`", StringComparison.Ordinal)
            && !_pages.Value.Contains("argent " + name, StringComparison.Ordinal)));

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
    public void Every_subcommand_is_in_the_documents_and_its_example_parses() => Breaches.AssertNone(
        "A subcommand stands in docs as `argent NAME SUBCOMMAND`, and its example can be copied.",
        from command in CommandLine.Commands()
        from sub in command.Subcommands.Cast<ArgentCommand>()
        let name = $"argent {command.Name} {sub.Name}"
        let errors = CommandLine.Parse(CommandLineParser.SplitCommandLine(sub.Example).Skip(1).ToList()).Errors
        where errors.Count > 0 || !sub.Example.StartsWith(name, StringComparison.Ordinal)
            || !_pages.Value.Contains(name, StringComparison.Ordinal)
        select name);

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
