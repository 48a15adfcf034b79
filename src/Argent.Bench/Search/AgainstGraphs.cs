namespace Argent.Bench;

/// <summary>This engine beside graph indexes at equal recall of answers of the same length.</summary>
static class AgainstGraphs
{
    /// <summary>The group of the rows.</summary>
    public const string Group = "graphs at equal recall, one thread";

    // Graphs are at their best for short answers; from here on this engine is to be ahead.
    const int AheadFrom = 1000;

    static readonly int[] _ks = [10, 100, 1000];
    static readonly double[] _recalls = [0.90, 0.95, 0.98];

    /// <summary>Measures every length at every recall.</summary>
    public static void Measure(SearchContext context)
    {
        foreach (int k in _ks.Where(k => k <= context.Vectors.Count))
        {
            foreach (double recall in _recalls) Measure(context, k, recall);
        }
    }

    static void Measure(SearchContext context, int k, double recall)
    {
        // A graph takes tens of milliseconds for a long answer, and 128 of them have enough items for a recall.
        bool isLong = k >= AheadFrom;
        int asked = Math.Min(isLong ? 128 : context.Queries, context.Queries), count = Math.Min(isLong ? 64 : 256, context.Queries);
        int? nprobe = context.Reach(context.Argent, k, recall, asked);
        var entries = new List<(ISearchEngine Engine, SearchSetting Setting)>();
        foreach (var graph in context.Graphs)
        {
            if (context.Reach(graph, k, recall, asked) is { } candidates) entries.Add((graph, new SearchSetting(k, 1, candidates, count)));
            else context.Run.Note(FormattableString.Invariant($"{graph.Name} does not reach recall {recall} at k {k}."));
        }
        int graphs = entries.Count;
        if (nprobe is { } lists)
        {
            entries.Add((context.Argent, new SearchSetting(k, 1, lists, count)));
            entries.Add((context.Argent, new SearchSetting(k, context.Queries, lists, context.Queries)));
        }
        var rows = graphs == 0 || nprobe is null ? [] : context.Compare(Group, entries, asked);
        foreach (string name in new[] { "faiss-hnsw", "hnswlib" })
        {
            int at = entries.FindIndex(e => e.Engine.Name == name);
            double? ratio = rows.Count == 0 || at < 0 ? null : rows[graphs].PerSecond / rows[at].PerSecond;
            if (ratio is not null)
            {
                context.Run.Replace(rows[at], rows[at] with
                {
                    Figures = new Dictionary<string, double>
                    {
                        ["argent / this"] = ratio.Value,
                        ["argent batched / this"] = rows[graphs + 1].PerSecond / rows[at].PerSecond,
                    },
                });
            }
            if (k < AheadFrom) continue;
            context.Run.Add(new GoalResult
            {
                Name = FormattableString.Invariant($"k {k}, one query, recall >= {recall}: times {name}"),
                Wanted = 1,
                Unit = "x",
                Measured = ratio,
                Note = ratio is null ? "not there, or the recall is out of reach" : null,
            });
        }
    }
}
