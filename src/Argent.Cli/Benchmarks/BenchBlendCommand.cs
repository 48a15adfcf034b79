using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures the composition of lists.</summary>
sealed class BenchBlendCommand() : BenchmarkCommand(
    "blend",
    "Measure the composition of lists out of candidates on one thread: MMR, SSD, DPP, spacing and rules.",
    "argent bench blend --check")
{
    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new BlendBenchmark();
}
