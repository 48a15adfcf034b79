using Argent.Kernels;
using Argent.Publish;

namespace Argent.Bench;

/// <summary>Throughput against the number of items, at equal recall.</summary>
static class CatalogueSizes
{
    /// <summary>The group of the rows.</summary>
    public const string Group = "throughput against items, k 100, recall >= .95, one thread";

    const int K = 100, Million = 1_000_000, TenMillion = 10_000_000;
    const double Recall = 0.95, FallMax = 8;

    static readonly int[] _batches = [1, 512];

    /// <summary>Measures each size with as many lists as suit it; Faiss takes part.</summary>
    public static void Measure(SearchOptions options, RivalProcess? rivals, BenchmarkRun run)
    {
        var rates = new Dictionary<(int Items, int Batch), BenchmarkRow>();
        foreach (int items in options.Sizes.Where(s => s >= K))
        {
            using var workers = new Workers(run.Options.Threads);
            var mixture = new Mixture { Items = items, Queries = options.Queries, Seed = run.Options.Seed };
            using var context = new SearchContext(VectorSet.Generated(mixture, run, workers), Lists(items, options), false, rivals, run);
            run.Progress.Step($"{items} items", 0, "rows");
            foreach (int batch in _batches.Where(b => b <= context.Queries))
            {
                if (MeasureBatch(context, batch) is { } row) rates[(items, batch)] = row;
            }
        }
        foreach (int batch in _batches) AddGoal(run, rates, batch);
    }

    /// <summary>
    /// As many lists as in the other parts at their size, so that its artifact serves again; else what publishing chooses.
    /// </summary>
    static int Lists(int items, SearchOptions options) =>
        items == options.Items ? options.NList : ListDefaults.NList(items);

    static BenchmarkRow? MeasureBatch(SearchContext context, int batch)
    {
        var entries = new List<(ISearchEngine, SearchSetting)>();
        ISearchEngine?[] engines = [context.Argent, context.IvfFlat];
        foreach (var engine in engines.OfType<ISearchEngine>())
        {
            if (context.Reach(engine, K, Recall) is not { } nprobe) continue;
            entries.Add((engine, new SearchSetting(K, batch, nprobe, context.CountFor(batch))));
        }
        if (entries.Count == 0) return null;
        var rows = context.Compare(Group, entries);
        foreach (var row in rows)
        {
            context.Run.Replace(row, row with { Figures = new Dictionary<string, double> { ["lists"] = context.Argent.Index.NList } });
        }
        return rows.FirstOrDefault(r => r.Engine == context.Argent.Name);
    }

    static void AddGoal(BenchmarkRun run, Dictionary<(int Items, int Batch), BenchmarkRow> rates, int batch)
    {
        bool hasBoth = rates.ContainsKey((Million, batch)) && rates.ContainsKey((TenMillion, batch));
        run.Add(new GoalResult
        {
            Name = FormattableString.Invariant($"1M to 10M items, batch {batch}, recall@100 >= .95: fall of searches a second"),
            Wanted = FallMax,
            IsAtLeast = false,
            Unit = "x",
            Measured = hasBoth ? rates[(Million, batch)].PerSecond / rates[(TenMillion, batch)].PerSecond : null,
            Note = hasBoth ? null : "needs --sizes with 1000000 and 10000000",
        });
    }
}
