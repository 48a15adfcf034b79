namespace Argent.Bench;

/// <summary>The machine's own limits and nothing else.</summary>
sealed class LimitsBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "limits";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => [];

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        _ = run.Limits;
        run.Note("Limits are the best of several passes. Arithmetic is measured with 256-bit instructions, as the kernels use them.");
    }
}
