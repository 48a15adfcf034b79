using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Argent.Cli;

/// <summary>The usual help, followed by the command's example.</summary>
sealed class ExampleHelpAction(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is ArgentCommand command)
        {
            output.WriteLine("Example:");
            output.WriteLine("  " + command.Example);
        }
        else
        {
            output.WriteLine("Start here:");
            output.WriteLine("  argent quickstart");
        }
        return code;
    }
}
