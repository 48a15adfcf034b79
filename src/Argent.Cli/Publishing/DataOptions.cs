using System.CommandLine;
using Argent.Data;

namespace Argent.Cli;

/// <summary>The options of every command that reads a data set.</summary>
static class DataOptions
{
    /// <summary>--data, required.</summary>
    public static Option<string> CreateData() => new("--data")
    {
        Description = "A dataset.json, or a folder that holds one.",
        HelpName = "DATASET.json|DIR",
        Required = true,
    };

    /// <summary>--max-bad-rows.</summary>
    public static Option<double> CreateMaxBadRows() => new("--max-bad-rows")
    {
        Description = "Share of a file's rows that may be bad and are skipped; past it reading fails.",
        HelpName = "0.001",
        DefaultValueFactory = _ => DatasetOptions.Default.MaxBadRows,
    };

    /// <summary>How the data set is read.</summary>
    public static DatasetOptions Of(CommandRun run, Option<double> maxBadRows) => new() { MaxBadRows = run.Get(maxBadRows) };
}
