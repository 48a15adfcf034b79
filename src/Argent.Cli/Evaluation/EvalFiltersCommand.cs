using System.CommandLine;
using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures recall and latency of filtered search against the share of the items that pass.</summary>
sealed class EvalFiltersCommand : BenchmarkCommand
{
    static readonly PassRateOptions _defaults = new();

    readonly Option<int?> _items = Numbers.AtLeast(1000, new Option<int?>("--items")
    {
        Description = "Generated items; 1,000,000 by default, 100,000 with --quick.",
        HelpName = "n",
    });

    readonly Option<int> _queries = Numbers.AtLeast(1, new Option<int>("--queries")
    {
        Description = "Queries of a round, each asked alone; at most 512.",
        HelpName = "n",
        DefaultValueFactory = _ => _defaults.Queries,
    });

    readonly Option<string> _rivals = new Option<string>("--rivals")
    {
        Description = "Whether Faiss takes part.",
        HelpName = "faiss|none",
        DefaultValueFactory = _ => "faiss",
    }.AcceptOnlyFromAmong("faiss", "none");

    /// <summary>The command.</summary>
    public EvalFiltersCommand()
        : base(
            "filters",
            "Measure recall and latency of filtered search where 100 to 0.001 % of the items pass, beside Faiss.",
            "argent eval filters --check --out bench/results/this-machine/filters")
    {
        Add(_items);
        Add(_queries);
        Add(_rivals);
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run)
    {
        int items = run.Get(_items) ?? (IsQuick(run) ? 100_000 : _defaults.Items);
        return new PassRateBenchmark(_defaults with
        {
            Items = items,
            NList = items == _defaults.Items ? _defaults.NList : (int)Math.Round(Math.Sqrt(items)),
            Queries = run.Get(_queries),
            RivalsFolder = run.Require(_rivals) == "none" ? null : RivalProcess.FindFolder(),
        });
    }
}
