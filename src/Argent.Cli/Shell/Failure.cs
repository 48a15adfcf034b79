using System.Net.Sockets;
using Argent.Data;
using Argent.Model;

namespace Argent.Cli;

/// <summary>What an exception means to the person at the keyboard: one sentence and an exit code, no stack trace.</summary>
/// <param name="ExitCode">One of <see cref="Cli.ExitCode"/>.</param>
/// <param name="Sentence">What is wrong, where, and how to mend it.</param>
sealed record Failure(int ExitCode, string Sentence)
{
    /// <summary>The environment variable that asks for stack traces.</summary>
    public const string TraceVariable = "ARGENT_TRACE";

    /// <summary>The failure that an exception stands for.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var inner] } => Of(inner),
        UsageException => new(Cli.ExitCode.BadUsage, exception.Message),
        OperationCanceledException => new(Cli.ExitCode.Failed, "Stopped before the end."),
        FileNotFoundException or DirectoryNotFoundException => new(Cli.ExitCode.BadInput, exception.Message),
        ArgumentException argument => new(Cli.ExitCode.BadInput, WithoutParameter(argument)),
        InvalidDataException or FormatException or DatasetException or LanguageException or RequestException =>
            new(Cli.ExitCode.BadInput, exception.Message),
        UnauthorizedAccessException or IOException or SocketException => new(Cli.ExitCode.Failed, exception.Message),
        InvalidOperationException or NotSupportedException => new(Cli.ExitCode.Failed, exception.Message),
        OutOfMemoryException => new(Cli.ExitCode.Failed, "There is not enough memory for this; `argent doctor` says how much there is."),
        _ => new(Cli.ExitCode.Failed,
            $"{exception.GetType().Name}: {exception.Message} (set {TraceVariable}=1 to see where it happened)"),
    };

    // The runtime appends the parameter's name, which says nothing to someone who did not write the call.
    static string WithoutParameter(ArgumentException exception) => exception.ParamName is { } name
        ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal).Split('\n')[0]
        : exception.Message;
}
