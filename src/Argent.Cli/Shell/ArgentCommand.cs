using System.CommandLine;

namespace Argent.Cli;

/// <summary>One command of the command line: its options, what it does, and an example that its help shows.</summary>
abstract class ArgentCommand : Command
{
    protected ArgentCommand(string name, string description, string example) : base(name, description) => Example = example;

    /// <summary>A command line that a reader may copy.</summary>
    public string Example { get; }

    /// <summary>Whether its heavy work may run on a GPU.</summary>
    public virtual bool RunsOnGpu => false;

    /// <summary>Does the work; the result is an <see cref="ExitCode"/>.</summary>
    public abstract Task<int> RunAsync(CommandRun run);
}
