namespace Argent.Cli;

/// <summary>The benchmarks, each a subcommand.</summary>
sealed class BenchCommand : ArgentCommand
{
    /// <summary>The command. A further benchmark is one more line here.</summary>
    public BenchCommand()
        : base("bench", "Measure this machine and this engine, beside its rivals.", "argent bench search --quick")
    {
        Add(new BenchSearchCommand());
        Add(new BenchFilterCommand());
        Add(new BenchBuildCommand());
        Add(new BenchLimitsCommand());
        Add(new BenchGpuCommand());
        Add(new BenchDenseCommand());
        Add(new BenchValueCommand());
        Add(new BenchRankCommand());
        Add(new BenchBlendCommand());
        Add(new BenchOverArchCommand());
        Add(new BenchQualityCommand());
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run) =>
        throw new UsageException($"name a benchmark: {string.Join(", ", Subcommands.Select(c => c.Name))}.");
}
