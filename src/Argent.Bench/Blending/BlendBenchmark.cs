using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Composing lists out of candidates on one thread: each measure of diversity, and one with spacing and rules.</summary>
sealed class BlendBenchmark : IBenchmark
{
    const int Dim = 128, Places = 100, Candidates = 1000;

    // Code is compiled again once it has run some times, beside the work: what it was before must not count.
    const int WarmRuns = 40, Lists = 4;

    const double MillisecondsWanted = 10;

    static readonly int[] _windows = [10, 100];

    /// <inheritdoc/>
    public string Name => "blend";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => [("threads", "1"), ("dimensions", $"{Dim}")];

    /// <inheritdoc/>
    public void Run(BenchmarkRun run) =>
        // The last processor: the first one serves most interrupts.
        PinnedThread.Run(Environment.ProcessorCount - 1, () =>
        {
            using var scratch = new Scratch();
            var random = new Random((int)run.Options.Seed);
            foreach (int candidates in run.Options.IsQuick ? [Candidates] : (int[])[200, Candidates, 5000])
            {
                var pool = new BlendBenchmarkPool(candidates, Dim, random);
                var entries = new List<(IContender, BenchmarkRow)>();
                foreach (int window in _windows)
                {
                    foreach (var kind in Enum.GetValues<DiversityKind>())
                    {
                        Add(Label(kind), window, BlendBenchmarkPool.Plan(kind, window));
                    }
                    Add("ssd, spacing, rules", window, BlendBenchmarkPool.Plan(DiversityKind.Ssd, window, hasRules: true));
                }
                foreach (var (contender, _) in entries)
                {
                    for (int i = 0; i < WarmRuns; i++) contender.Run();
                }
                var rows = run.Compare(entries);
                if (candidates == Candidates) AddGoals(run, rows);

                void Add(string engine, int window, ComposePlan plan)
                {
                    var args = pool.Args(plan, Places);
                    var contender = new LocalContender(engine, run.Clock, () =>
                    {
                        for (int i = 0; i < Lists; i++) ListComposer.Compose(in args, scratch);
                    });
                    var row = BenchmarkRun.RowOf(
                        "composing lists", Lists, "lists", 1, ("candidates", candidates), ("places", Places), ("window", window));
                    entries.Add((contender, row));
                }
            }
        });

    static string Label(DiversityKind kind) => kind.ToString().ToLowerInvariant();

    static void AddGoals(BenchmarkRun run, IReadOnlyList<BenchmarkRow> rows)
    {
        foreach (var kind in (DiversityKind[])[DiversityKind.Ssd, DiversityKind.Dpp])
        {
            run.Add(new GoalResult
            {
                Name = $"{Label(kind)}: {Places} of {Candidates} candidates, D = {Dim}",
                Wanted = MillisecondsWanted,
                IsAtLeast = false,
                Unit = "ms",
                Measured = rows.Where(r => r.Engine == Label(kind)).Max(r => r.WallMs) / Lists,
                Note = $"one core, the slower of the windows {string.Join(" and ", _windows)}",
            });
        }
    }
}
