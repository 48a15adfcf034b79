namespace Argent.Cli;

/// <summary>What the process says to whoever started it.</summary>
static class ExitCode
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>The machine, or the program, could not do it.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>The files or the requests are wrong.</summary>
    public const int BadInput = 3;
}
