using System.CommandLine;
using Argent.Bench;

namespace Argent.Cli;

/// <summary>Measures filtered search beside other ways to filter.</summary>
sealed class BenchFilterCommand : BenchmarkCommand
{
    static readonly FilterBenchOptions _defaults = new();

    readonly Option<int?> _items = Numbers.AtLeast(1000, new Option<int?>("--items")
    {
        Description = "Generated items; 1,000,000 by default, 100,000 with --quick.",
        HelpName = "n",
    });

    readonly Option<int> _queries = Numbers.AtLeast(1, new Option<int>("--queries")
    {
        Description = "Queries of a round with cold caches; rounds without ask eight times as many.",
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
    public BenchFilterCommand()
        : base(
            "filter",
            "Measure filtered search beside posting lists, bitmaps, forward checks and Faiss.",
            "argent bench filter --check --out bench/results/this-machine/filter")
    {
        Add(_items);
        Add(_queries);
        Add(_rivals);
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run)
    {
        int items = run.Get(_items) ?? (IsQuick(run) ? 100_000 : _defaults.Items);
        return new FilterBenchmark(_defaults with
        {
            Items = items,
            Queries = run.Get(_queries),
            NList = items == _defaults.Items ? _defaults.NList : (int)Math.Round(Math.Sqrt(items)),
            RivalsFolder = run.Require(_rivals) == "none" ? null : RivalProcess.FindFolder(),
        });
    }
}
