namespace Argent.Bench;

/// <summary>The goals of filtered search over pass rates, from the rows of its evaluation.</summary>
static class PassRateGoals
{
    const double StrictPercent = 0.01;

    /// <summary>Adds them all.</summary>
    public static void Add(BenchmarkRun run)
    {
        foreach (int k in PassRateBenchmark.Ks)
        {
            var ours = run.Rows.Where(r => r.Group == FormattableString.Invariant($"k {k}")
                && r.Engine.StartsWith(PassRateBenchmark.Ours, StringComparison.Ordinal)).ToList();
            var filtered = ours.Where(r => r.Engine != PassRateBenchmark.NoFilter).ToList();
            run.Add(new GoalResult
            {
                Name = FormattableString.Invariant($"k {k}: wrong answers, all pass rates"),
                Wanted = 0,
                IsAtLeast = false,
                Unit = "",
                Measured = ours.Sum(r => (double?)r.Figures[PassRateBenchmark.Wrong]),
            });
            run.Add(new GoalResult
            {
                Name = FormattableString.Invariant($"k {k}: recall of the worst pass rate"),
                Wanted = .95,
                Unit = "",
                Measured = filtered.Min(r => r.Recall),
            });
            run.Add(new GoalResult
            {
                Name = FormattableString.Invariant($"k {k}: latency where {StrictPercent} % pass, of that without filter"),
                Wanted = 3,
                IsAtLeast = false,
                Unit = "x",
                Measured = filtered.Where(r => r.Settings["pass %"] == StrictPercent).Max(r => (double?)r.Figures[PassRateBenchmark.Times]),
            });
        }
    }
}
