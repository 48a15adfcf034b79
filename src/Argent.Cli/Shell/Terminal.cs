namespace Argent.Cli;

/// <summary>Where a command writes: results to <paramref name="Output"/>, everything else to <paramref name="Error"/>.</summary>
/// <param name="Output">Results, nothing but results.</param>
/// <param name="Error">Progress, notes and errors.</param>
/// <param name="IsInteractive">True when a person watches <paramref name="Error"/> on a terminal.</param>
sealed record Terminal(TextWriter Output, TextWriter Error, bool IsInteractive)
{
    /// <summary>The terminal, or the files and pipes, that the process was started with.</summary>
    public static Terminal OfProcess() => new(Console.Out, Console.Error, !Console.IsErrorRedirected);
}
