using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures float arithmetic: layers, choosing lists, exact scores.</summary>
sealed class BenchDenseCommand() : BenchmarkCommand(
    "dense",
    "Measure float arithmetic on one thread: products of layers beside OpenBLAS, choosing lists, exact scores.",
    "argent bench dense --check")
{
    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run) => new DenseBenchmark();
}
