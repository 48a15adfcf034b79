using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures filtered search beside other ways to filter.</summary>
sealed class BenchFilterCommand : FilteredSearchCommand
{
    static readonly FilterBenchOptions _defaults = new();

    /// <summary>The command.</summary>
    public BenchFilterCommand()
        : base(
            "filter",
            "Measure filtered search beside posting lists, bitmaps, forward checks and Faiss.",
            "argent bench filter --check --out bench/results/this-machine/filter",
            (_defaults.Items, _defaults.NList),
            (_defaults.Queries, "Queries of a round with cold caches; rounds without ask eight times as many."))
    {
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(int items, int nlist, int queries, string? rivalsFolder) => new FilterBenchmark(
        _defaults with { Items = items, NList = nlist, Queries = queries, RivalsFolder = rivalsFolder });
}
