namespace Argent.Bench;

/// <summary>What a second thread brings.</summary>
static class TwoThreads
{
    /// <summary>The group of the rows.</summary>
    public const string Group = "two threads against one, k 1000";

    const int K = 1000;
    const double Wanted = 1.85;

    static readonly int[] _batches = [1, 16, 512];

    /// <summary>Measures both in the same rounds.</summary>
    public static void Measure(SearchContext context)
    {
        if (K > context.Vectors.Count || EqualRecall.ProbesFor(context, context.Argent, K) is not { } nprobe) return;
        bool hasTwo = Environment.ProcessorCount >= 2;
        foreach (int batch in _batches.Where(b => b <= context.Queries))
        {
            var one = new SearchSetting(K, batch, nprobe, context.CountFor(batch));
            var rows = hasTwo ? context.Compare(Group, [(context.Argent, one), (context.Argent, one with { Threads = 2 })]) : [];
            context.Run.Add(new GoalResult
            {
                Name = FormattableString.Invariant($"two threads, k {K}, batch {batch}: times one thread"),
                Wanted = Wanted,
                Unit = "x",
                Measured = hasTwo ? rows[1].PerSecond / rows[0].PerSecond : null,
                Note = hasTwo ? null : "there is one processor",
            });
        }
    }
}
