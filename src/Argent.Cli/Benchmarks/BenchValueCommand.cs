using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures value formulas.</summary>
sealed class BenchValueCommand() : BenchmarkCommand(
    "value",
    "Measure value formulas over candidates on one thread, alone and with their columns gathered.",
    "argent bench value --check")
{
    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new ValueBenchmark();
}
