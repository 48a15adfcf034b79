namespace Argent.Bench;

/// <summary>Curves for plots: throughput against recall, latency against the size of a batch.</summary>
static class SearchCurves
{
    /// <summary>The group of <see cref="Recall"/>.</summary>
    public const string RecallGroup = "throughput against recall, k 100, one thread";

    /// <summary>The group of <see cref="Batches"/>.</summary>
    public const string BatchGroup = "latency against batch size, k 100, one thread";

    const int K = 100;

    static readonly int[] _probes = [2, 4, 8, 16, 32, 64, 128], _candidates = [100, 150, 250, 400, 700, 1200];

    /// <summary>Every engine along its own values, query by query; this engine in the largest batches too.</summary>
    public static void Recall(SearchContext context)
    {
        if (K > context.Vectors.Count) return;
        int count = Math.Min(128, context.Queries);
        foreach (int nprobe in _probes.Where(p => p <= context.Argent.Index.NList))
        {
            var entries = context.Lists.Prepend(context.Argent).Select(e => (e, new SearchSetting(K, 1, nprobe, count))).ToList();
            entries.Add((context.Argent, new SearchSetting(K, context.Queries, nprobe, context.Queries)));
            context.Compare(RecallGroup, entries);
        }
        foreach (int candidates in context.Graphs.Count == 0 ? [] : _candidates)
        {
            context.Compare(RecallGroup, [.. context.Graphs.Select(e => (e, new SearchSetting(K, 1, candidates, count)))]);
        }
    }

    /// <summary>This engine and Faiss at equal recall, batch by batch.</summary>
    public static void Batches(SearchContext context)
    {
        if (K > context.Vectors.Count) return;
        ISearchEngine?[] engines = [context.Argent, context.IvfFlat];
        for (int batch = 1; batch <= context.Queries; batch *= context.Run.Options.IsQuick ? 8 : 2)
        {
            var entries = new List<(ISearchEngine, SearchSetting)>();
            foreach (var engine in engines.OfType<ISearchEngine>())
            {
                if (EqualRecall.ProbesFor(context, engine, K) is not { } nprobe) continue;
                entries.Add((engine, new SearchSetting(K, batch, nprobe, context.CountFor(batch))));
            }
            if (entries.Count == 0) return;
            foreach (var row in context.Compare(BatchGroup, entries))
            {
                var figures = new Dictionary<string, double> { ["ms a batch"] = row.WallMs / row.Units * batch };
                context.Run.Replace(row, row with { Figures = figures });
            }
        }
    }
}
