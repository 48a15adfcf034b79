using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures the learned scorers of candidates.</summary>
sealed class BenchOverArchCommand() : BenchmarkCommand(
    "overarch",
    "Measure the learned scorers of candidates on one thread: perceptron, mixture of logits, attention.",
    "argent bench overarch --check")
{
    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new OverArchBenchmark();
}
