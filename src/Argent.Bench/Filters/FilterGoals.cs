namespace Argent.Bench;

/// <summary>The goals of filtered search, from the rows of its benchmark.</summary>
static class FilterGoals
{
    /// <summary>Adds them all.</summary>
    public static void Add(BenchmarkRun run)
    {
        var searches = run.Rows.Where(r => r.Group == FilterBenchmark.SearchGroup).ToList();
        var parts = run.Rows.Where(r => r.Group == FilterBenchmark.PartGroup).ToList();
        foreach (int k in (int[])[100, 1000])
        {
            foreach (bool isBitmaps in (bool[])[true, false])
            {
                var ours = Of(searches, FilterMeasures.Ours, k).Where(r => (r.Settings["bitmaps only"] == 1) == isBitmaps);
                string which = isBitmaps ? "bitmaps alone" : "with verification, worst pass rate";
                run.Add(new GoalResult
                {
                    Name = FormattableString.Invariant($"k {k}: filter part against the search without filter, {which}"),
                    Wanted = 15,
                    IsAtLeast = false,
                    Unit = "%",
                    Measured = ours.Max(r => (double?)r.Figures["filter part, % of no filter"]),
                });
            }
        }
        var flow = run.Rows.Where(r => r.Group == FilterBenchmark.FlowGroup).ToList();
        AddFaiss(run, flow, 10, 4);
        AddFaiss(run, flow, 1, 5);
        var probed = At(parts, FilterMeasures.ProbedBloom, 10);
        var whole = At(parts, FilterMeasures.WholeBloom, 10);
        AddRatio(run, "masks of the probed lists against the whole catalogue", 10, whole?.WallMs / probed?.WallMs);
        double? part = At(searches, FilterMeasures.Ours, 10) is { } search ? search.Figures[FilterMeasures.FilterPart] : null;
        var forward = At(parts, FilterMeasures.Forward, 10);
        AddRatio(run, "filter part against forward checks of every scanned item", 6, forward?.WallMs / forward?.Units / part);
    }

    static void AddFaiss(BenchmarkRun run, List<BenchmarkRow> rows, double percent, double wanted)
    {
        var faiss = At(rows, FaissFiltered.Engine + ", bitmap selector", percent);
        AddRatio(run, FormattableString.Invariant($"{percent} % pass, k 100: times Faiss IVFFlat with a bitmap selector"), wanted,
            faiss?.WallMs / At(rows, FilterMeasures.Ours, percent)?.WallMs, faiss is null ? "Faiss was not there" : null);
    }

    static void AddRatio(BenchmarkRun run, string name, double wanted, double? measured, string? note = null) =>
        run.Add(new GoalResult { Name = name, Wanted = wanted, Unit = "x", Measured = measured, Note = note });

    static IEnumerable<BenchmarkRow> Of(IEnumerable<BenchmarkRow> rows, string engine, int k) =>
        rows.Where(r => r.Engine == engine && r.Settings["k"] == k);

    /// <summary>The row of k 100 whose pass rate is nearest.</summary>
    static BenchmarkRow? At(IEnumerable<BenchmarkRow> rows, string engine, double percent) =>
        Of(rows, engine, 100).MinBy(r => Math.Abs(Math.Log(r.Settings["pass %"] / percent)));
}
