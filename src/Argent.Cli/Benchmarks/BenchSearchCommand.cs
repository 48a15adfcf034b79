using System.CommandLine;
using Argent.Bench;
using Argent.Model;

namespace Argent.Cli;

/// <summary>Measures plain search beside its rivals.</summary>
sealed class BenchSearchCommand : BenchmarkCommand
{
    static readonly SearchOptions _defaults = new();

    readonly Option<int?> _items = Numbers.AtLeast(100, new Option<int?>("--items")
    {
        Description = "Generated items; 1,000,000 by default, 100,000 with --quick.",
        HelpName = "n",
    });

    readonly Option<int> _queries = Numbers.AtLeast(1, new Option<int>("--queries")
    {
        Description = "Queries that are asked, and the size of the largest batch.",
        HelpName = "n",
        DefaultValueFactory = _ => _defaults.Queries,
    });

    readonly Option<int?> _nlist = Numbers.AtLeast(1, new Option<int?>("--nlist")
    {
        Description = "Lists of every inverted file; 1,024 by default, about sqrt(items) for other numbers of items.",
        HelpName = "n",
    });

    readonly Option<string?> _sizes = new("--sizes")
    {
        Description = "Numbers of items for throughput against size, or none; 100,000 and 1,000,000 by default.",
        HelpName = "n,n,...|none",
    };

    readonly Option<string?> _data = new("--data")
    {
        Description = "Item vectors of a file (npy, fvecs, bvecs, fbin, safetensors) in the place of generated ones.",
        HelpName = "X.npy",
    };

    readonly Option<string?> _asked = new("--query-vectors")
    {
        Description = "The file of query vectors that goes with --data.",
        HelpName = "Q.npy",
    };

    readonly Option<string> _metric = new Option<string>("--metric")
    {
        Description = "How the vectors of --data are compared.",
        HelpName = "ip|l2",
        DefaultValueFactory = _ => "ip",
    }.AcceptOnlyFromAmong("ip", "l2");

    readonly Option<string> _rivals = new("--rivals")
    {
        Description = "Who takes part: lists (Faiss IVF), all (graphs too, whose indexes take long to build once), none.",
        HelpName = "lists|all|none",
        DefaultValueFactory = _ => "lists",
    };

    /// <summary>The command.</summary>
    public BenchSearchCommand()
        : base(
            "search",
            "Measure plain search beside Faiss and hnswlib at equal recall.",
            "argent bench search --rivals all --check --out bench/results/this-machine/search")
    {
        _rivals.AcceptOnlyFromAmong("lists", "all", "none");
        Option[] own = [_items, _queries, _nlist, _sizes, _data, _asked, _metric, _rivals];
        foreach (var option in own) Add(option);
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run)
    {
        if (run.Has(_data) != run.Has(_asked)) throw new UsageException("--data and --query-vectors go together.");
        if (run.Has(_data) && run.Has(_items)) throw new UsageException("--items are generated; they do not go with --data.");
        int items = run.Get(_items) ?? (IsQuick(run) ? 100_000 : _defaults.Items);
        bool isUsual = run.Has(_data) || items == _defaults.Items;
        string rivals = run.Require(_rivals);
        return new SearchBenchmark(new SearchOptions
        {
            Items = items,
            Queries = run.Get(_queries),
            NList = run.Get(_nlist) ?? (isUsual ? _defaults.NList : (int)Math.Round(Math.Sqrt(items))),
            Sizes = Sizes(run.Get(_sizes)) ?? (IsQuick(run) || run.Has(_items) ? [] : _defaults.Sizes),
            ItemsPath = run.Get(_data),
            QueriesPath = run.Get(_asked),
            Metric = run.Require(_metric) == "l2" ? Metric.L2 : Metric.InnerProduct,
            RivalsFolder = rivals == "none" ? null : RivalProcess.FindFolder(),
            HasGraphs = rivals == "all",
        });
    }

    static int[]? Sizes(string? text)
    {
        if (text is null) return null;
        if (text == "none") return [];
        return [.. text.Split(',').Select(part => int.TryParse(part, out int size) && size >= 100
            ? size
            : throw new UsageException($"--sizes has '{part}'; numbers of at least 100 are expected, separated by commas."))];
    }
}
