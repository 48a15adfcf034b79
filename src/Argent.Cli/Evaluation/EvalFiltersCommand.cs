using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures recall and latency of filtered search against the share of the items that pass.</summary>
sealed class EvalFiltersCommand : FilteredSearchCommand
{
    static readonly PassRateOptions _defaults = new();

    /// <summary>The command.</summary>
    public EvalFiltersCommand()
        : base(
            "filters",
            "Measure recall and latency of filtered search where 100 to 0.001 % of the items pass, beside Faiss.",
            "argent eval filters --check --out bench/results/this-machine/filters",
            (_defaults.Items, _defaults.NList),
            (_defaults.Queries, "Queries of a round, each asked alone; at most 512."))
    {
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(int items, int nlist, int queries, string? rivalsFolder) => new PassRateBenchmark(
        _defaults with { Items = items, NList = nlist, Queries = queries, RivalsFolder = rivalsFolder });
}
