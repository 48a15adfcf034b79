namespace Argent.Bench;

/// <summary>
/// One benchmark. It measures through <see cref="BenchmarkRun.Compare"/>, and hands rows, goals, notes and plots to the
/// run, which prints and writes them.
/// </summary>
interface IBenchmark
{
    /// <summary>The subcommand: <c>search</c>.</summary>
    string Name { get; }

    /// <summary>What was asked for, by name, for the results.</summary>
    IEnumerable<(string Name, string Value)> Parameters { get; }

    /// <summary>Measures.</summary>
    void Run(BenchmarkRun run);
}
