using System.CommandLine;
using Argent.Bench;

namespace Argent.Cli;

/// <summary>A measurement of filtered search over generated items, with Faiss if wanted.</summary>
abstract class FilteredSearchCommand : BenchmarkCommand
{
    readonly Option<int?> _items = Numbers.AtLeast(1000, new Option<int?>("--items")
    {
        Description = "Generated items; 1,000,000 by default, 100,000 with --quick.",
        HelpName = "n",
    });

    readonly Option<int> _queries;

    readonly Option<string> _rivals = new Option<string>("--rivals")
    {
        Description = "Whether Faiss takes part.",
        HelpName = "faiss|none",
        DefaultValueFactory = _ => "faiss",
    }.AcceptOnlyFromAmong("faiss", "none");

    readonly (int Items, int NList) _full;

    /// <summary>A command whose whole run has as many items in as many lists as <paramref name="full"/> says.</summary>
    protected FilteredSearchCommand(
        string name, string description, string example, (int Items, int NList) full, (int Count, string Description) queries)
        : base(name, description, example)
    {
        _full = full;
        _queries = Numbers.AtLeast(1, new Option<int>("--queries")
        {
            Description = queries.Description,
            HelpName = "n",
            DefaultValueFactory = _ => queries.Count,
        });
        Add(_items);
        Add(_queries);
        Add(_rivals);
    }

    /// <summary>The benchmark of what was asked for.</summary>
    protected abstract IBenchmark Create(int items, int nlist, int queries, string? rivalsFolder);

    /// <inheritdoc/>
    protected sealed override IBenchmark Create(CommandRun run)
    {
        int items = run.Get(_items) ?? (IsQuick(run) ? 100_000 : _full.Items);
        int nlist = items == _full.Items ? _full.NList : (int)Math.Round(Math.Sqrt(items));
        return Create(items, nlist, run.Get(_queries), run.Require(_rivals) == "none" ? null : RivalProcess.FindFolder());
    }
}
