using System.CommandLine;
using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures building: k-means beside Faiss, publishing step by step.</summary>
sealed class BenchBuildCommand : BenchmarkCommand
{
    readonly Option<int> _items = Numbers.AtLeast(0, new Option<int>("--items")
    {
        Description = "Generated items that are published; 0 is 1,000,000, or 100,000 with --quick.",
        HelpName = "n",
    });

    /// <summary>The command.</summary>
    public BenchBuildCommand()
        : base(
            "build",
            "Measure building: k-means beside Faiss on one thread and two, publishing step by step.",
            "argent bench build --items 10000000 --check") => Add(_items);

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new BuildBenchmark(new BuildOptions { Items = run.Get(_items) });
}
