using System.Globalization;

namespace Argent.Bench;

/// <summary>What long answers cost: the same scan with ever more items kept.</summary>
static class LongAnswers
{
    /// <summary>The group at the candidates that the goals name.</summary>
    public const string Group = "time against k, one query, one thread";

    // The goals speak of 256k candidates; no more lists are probed than give as many.
    const int Candidates = 256 * 1024;
    const int ShortK = 128, LongK = 20_000, VeryLongK = 100_000;

    static readonly int[] _ks = [1, ShortK, 500, 1000, 2000, 5000, 10_000, LongK, VeryLongK];

    /// <summary>Measures at 32 lists and at as many as give the candidates of the goals.</summary>
    public static void Measure(SearchContext context)
    {
        int count = Math.Min(64, context.Queries), nlist = context.Argent.Index.NList;
        Rows(context, Math.Min(32, nlist), count);
        if (context.Vectors.Count < Candidates)
        {
            foreach (var goal in Goals([])) context.Run.Add(goal with { Note = "there are fewer items than candidates" });
            return;
        }
        int low = 0, high = nlist;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (context.Argent.ScannedItems(middle, count) >= (long)Candidates * count) high = middle;
            else low = middle;
        }
        foreach (var goal in Goals(Rows(context, high, count))) context.Run.Add(goal);
    }

    static IReadOnlyList<BenchmarkRow> Rows(SearchContext context, int nprobe, int count)
    {
        double scanned = (double)context.Argent.ScannedItems(nprobe, count) / count;
        var entries = _ks.Where(k => k <= scanned).Select(k => ((ISearchEngine)context.Argent, new SearchSetting(k, 1, nprobe, count)));
        var rows = context.Compare(Group, [.. entries]);
        return [.. rows.Select(row =>
        {
            var wider = row with { Figures = new Dictionary<string, double> { ["items scanned"] = scanned } };
            context.Run.Replace(row, wider);
            return wider;
        })];
    }

    static IEnumerable<GoalResult> Goals(IReadOnlyList<BenchmarkRow> rows)
    {
        BenchmarkRow? At(int k) => rows.FirstOrDefault(r => r.Settings["k"] == k);
        yield return new GoalResult
        {
            Name = "k from 128 to 20,000, one query, 256k candidates: loss of throughput",
            Wanted = 16,
            IsAtLeast = false,
            Unit = "%",
            Measured = 100 * (1 - At(LongK)?.PerSecond / At(ShortK)?.PerSecond),
        };
        yield return new GoalResult
        {
            Name = "k 100,000 of 256k candidates: a whole search",
            Wanted = 3.5,
            IsAtLeast = false,
            Unit = "ms",
            Measured = At(VeryLongK)?.MicrosecondsEach / 1e3,
            Note = At(VeryLongK) is { } row
                ? string.Create(CultureInfo.InvariantCulture, $"{row.Figures["items scanned"]:N0} items scanned; the answer is sorted")
                : null,
        };
    }
}
