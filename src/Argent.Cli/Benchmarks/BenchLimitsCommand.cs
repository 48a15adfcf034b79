using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures what the machine can do at most.</summary>
sealed class BenchLimitsCommand() : BenchmarkCommand(
    "limits",
    "Measure the machine's own limits: memory read bandwidth, int8 and float arithmetic.",
    "argent bench limits --format json")
{
    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new LimitsBenchmark();
}
