using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Argent.Model;

namespace Argent.Cli;

/// <summary>The whole command line: parses, runs one command, and turns whatever goes wrong into a sentence.</summary>
static class CommandLine
{
    /// <summary>How long a command may take to end after Ctrl-C.</summary>
    static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Every command, in the order of the help.</summary>
    public static IReadOnlyList<ArgentCommand> Commands() =>
    [
        new QuickstartCommand(),
        new TrainCommand(),
        new ImportCommand(),
        new PublishCommand(),
        new ServeCommand(),
        new QueryCommand(),
        new ExplainCommand(),
        new EvalCommand(),
        new InspectCommand(),
        new VerifyCommand(),
        new PlanCommand(),
        new FilterCommand(),
        new BenchCommand(),
        new DoctorCommand(),
    ];

    /// <summary>Runs one command line and returns its <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellation)
    {
        var parsed = CreateRoot(terminal).Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelpAction) return Refuse(parsed, terminal);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = _stopTimeout,
            Output = terminal.Output,
            Error = terminal.Error,
        };
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    /// <summary>What a command line means, without running it.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments) =>
        CreateRoot(new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false)).Parse(arguments);

    static RootCommand CreateRoot(Terminal terminal)
    {
        var root = new RootCommand("Argent: retrieval for recommendation, feeds and search, as one model and one artifact.");
        var common = new CommonOptions();
        foreach (var option in common.All) root.Add(option);
        foreach (var command in Commands())
        {
            ArgentCommand[] all = [command, .. command.Subcommands.OfType<ArgentCommand>()];
            foreach (var one in all)
            {
                one.SetAction(async (parsed, token) =>
                {
                    using var run = new CommandRun(parsed, common, terminal, token);
                    return await RunAsync(one, run);
                });
            }
            root.Add(command);
        }
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExampleHelpAction((HelpAction)help.Action!);
        return root;
    }

    static async Task<int> RunAsync(ArgentCommand command, CommandRun run)
    {
        try
        {
            DeviceOption.Check(command, run.Device);
            // Heavy work must not hold up the handler of Ctrl-C.
            return await Task.Run(() => command.RunAsync(run), CancellationToken.None);
        }
        catch (Exception e)
        {
            var failure = Failure.Of(e);
            run.Terminal.Error.WriteLine($"{NameOf(command)}: {failure.Sentence}");
            if (Environment.GetEnvironmentVariable(Failure.TraceVariable) == "1") run.Terminal.Error.WriteLine(e);
            return failure.ExitCode;
        }
    }

    static int Refuse(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        string name = NameOf(command);
        foreach (string sentence in Sentences(parsed, command).Distinct()) terminal.Error.WriteLine($"{name}: {sentence}");
        terminal.Error.WriteLine($"`{name} --help` shows what there is, with an example.");
        return ExitCode.BadUsage;
    }

    /// <summary>As it is typed: <c>argent bench search</c>.</summary>
    static string NameOf(Command command) => command is RootCommand
        ? "argent"
        : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";

    static IEnumerable<string> Sentences(ParseResult parsed, Command command)
    {
        if (command is RootCommand)
        {
            string? wrong = parsed.UnmatchedTokens is [var first, ..] ? first : null;
            return wrong is null
                ? ["name a command."]
                : [$"there is no command '{wrong}'.{Suggestion.Offer(wrong, command.Subcommands.Select(c => c.Name))}"];
        }
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var other, ..] && !other.StartsWith('-'))
        {
            return [$"there is no '{other}'.{Suggestion.Offer(other, command.Subcommands.Select(c => c.Name))}"];
        }
        var known = command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(o => o.Name).ToList();
        return parsed.Errors.Select(e => Sentence(e, parsed, known));
    }

    static string Sentence(ParseError error, ParseResult parsed, IReadOnlyList<string> known)
    {
        // The library names the .NET type that it wanted; people want to know what to type.
        int type = error.Message.IndexOf(" as expected type", StringComparison.Ordinal);
        if (type >= 0) return string.Concat(error.Message.AsSpan(0, type), "; a number is expected.");
        string? wrong = parsed.Tokens.Select(t => t.Value)
            .FirstOrDefault(t => t.StartsWith('-') && error.Message.Contains($"'{t}'", StringComparison.Ordinal));
        return wrong is null ? error.Message : error.Message + Suggestion.Offer(wrong, known);
    }
}
