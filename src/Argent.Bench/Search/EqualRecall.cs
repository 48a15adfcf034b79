namespace Argent.Bench;

/// <summary>This engine and the inverted files of its rivals at equal recall, by length of answers and size of batches.</summary>
static class EqualRecall
{
    /// <summary>The group of the rows.</summary>
    public const string Group = "equal recall, one thread";

    /// <summary>
    /// Answers are as good as this, or every engine probes <see cref="NProbe"/> lists; and how many times faster this
    /// engine is to be.
    /// </summary>
    sealed record Cell(int K, double? Recall, int NProbe, IReadOnlyList<(int Batch, double Wanted)> Goals);

    // What the project has set itself for 1,000,000 x 128 in 1,024 lists.
    static readonly Cell[] _cells =
    [
        new(100, 0.976, 0, [(1, 5), (16, 6), (512, 11)]),
        new(1000, 0.926, 0, [(1, 5), (16, 6), (512, 12)]),
        new(10_000, null, 32, [(1, 9), (16, 10), (512, 13)]),
    ];

    /// <summary>Lists to probe for answers of length k; null when the recall is out of reach.</summary>
    public static int? ProbesFor(SearchContext context, ISearchEngine engine, int k)
    {
        var cell = _cells.First(c => c.K == k);
        return cell.Recall is { } recall ? context.Reach(engine, k, recall) : Math.Min(cell.NProbe, context.Argent.Index.NList);
    }

    /// <summary>Measures every cell.</summary>
    public static void Measure(SearchContext context)
    {
        foreach (var cell in _cells.Where(c => c.K <= context.Vectors.Count))
        {
            foreach (var (batch, wanted) in cell.Goals.Where(g => g.Batch <= context.Queries))
            {
                Measure(context, cell, batch, wanted);
            }
        }
    }

    static void Measure(SearchContext context, Cell cell, int batch, double wanted)
    {
        int count = context.CountFor(batch);
        var entries = new List<(ISearchEngine, SearchSetting)>();
        foreach (var engine in context.Lists.Prepend(context.Argent))
        {
            if (ProbesFor(context, engine, cell.K) is not { } nprobe) continue;
            entries.Add((engine, new SearchSetting(cell.K, batch, nprobe, count)));
        }
        var rows = entries.Count == 0 ? [] : context.Compare(Group, entries);
        var ours = rows.FirstOrDefault(r => r.Engine == context.Argent.Name);
        var theirs = rows.FirstOrDefault(r => r.Engine == context.IvfFlat?.Name);
        string condition = cell.Recall is { } recall
            ? FormattableString.Invariant($"recall >= {recall}")
            : FormattableString.Invariant($"nprobe {cell.NProbe}");
        context.Run.Add(new GoalResult
        {
            Name = FormattableString.Invariant($"k {cell.K}, batch {batch}, {condition}: times Faiss IVFFlat"),
            Wanted = wanted,
            Unit = "x",
            Measured = ours is null || theirs is null ? null : ours.PerSecond / theirs.PerSecond,
            Note = Note(context, ours, theirs),
        });
    }

    static string Note(SearchContext context, BenchmarkRow? ours, BenchmarkRow? theirs)
    {
        if (context.IvfFlat is null) return "Faiss was not there";
        if (ours is null) return "this engine does not reach the recall";
        if (theirs is null) return "Faiss does not reach the recall";
        return FormattableString.Invariant(
            $"recall {ours.Recall:0.0000} at {ours.Settings["nprobe"]} lists, {theirs.Recall:0.0000} at {theirs.Settings["nprobe"]}; ") +
            FormattableString.Invariant($"by processor time {ours.PerCpuSecond / theirs.PerCpuSecond:0.00}");
    }
}
