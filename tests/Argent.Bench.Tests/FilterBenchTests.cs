using Argent.Data;
using Argent.Kernels;

namespace Argent.Bench.Tests;

public sealed class FilterBenchTests
{
    const int Items = 3000, NList = 12;

    [Fact]
    public void Every_way_to_filter_finds_exactly_the_items_that_match()
    {
        using var folder = new TemporaryFolder();
        using var bench = Open(folder, out _);
        int[] lists = [.. Enumerable.Range(0, NList)];
        foreach (var filter in FilterCases.All.Append(FilterCases.BitmapsOnly))
        {
            var program = bench.Compile(filter);
            var ways = new FilterWays(bench, program);
            foreach (Action way in (Action[])[ways.Bitmaps, ways.Postings, () => ways.ForwardChecks(lists)])
            {
                bench.Prepared.Span.Fill(0xADADADADADADADAD);
                way();
                for (int slot = 0; slot < bench.Lists.Rows.Count; slot++)
                {
                    if (bench.Lists.Rows[slot] < 0) continue;
                    bool found = (bench.Prepared.Span[slot / 64] >> (slot % 64) & 1) != 0;
                    Assert.True(found == ExactFilter.Matches(program, bench.Forward, slot), $"{filter.Name}, slot {slot}");
                }
            }
            // The shares are meant: results call the filters by them.
            if (filter.Share > .05) Assert.InRange(ways.Share(), filter.Share * .8, filter.Share * 1.2);
        }
        Assert.False(bench.Compile(FilterCases.BitmapsOnly).NeedsVerification);
        Assert.True(bench.Compile(FilterCases.All[0]).NeedsVerification);
    }

    [Fact]
    public void A_search_of_all_lists_finds_the_exact_best_and_faiss_with_its_selector_does_too()
    {
        using var folder = new TemporaryFolder();
        using var bench = Open(folder, out var vectors);
        var programs = FilterCases.All.Take(2).Select(bench.Compile).ToList();
        var truth = FilterTruth.Find(bench, programs, 10);
        using var rivals = Rivals();
        for (int f = 0; f < programs.Count; f++)
        {
            var (masked, prepared) = (Answers.Of(4, 10), Answers.Of(4, 10));
            var ways = new FilterWays(bench, programs[f]);
            ways.Bitmaps();
            for (int q = 0; q < 4; q++)
            {
                bench.Search(q, programs[f], in masked);
                bench.SearchPrepared(q, in prepared);
            }
            Assert.Equal(prepared.Rows.ToArray(), masked.Rows.ToArray());
            Assert.InRange(SearchValues.Recall(masked.Rows, truth[f]), .9, 1);
            if (rivals is null) continue;
            RivalSearch.Load(rivals, vectors);
            RivalSearch.Lists(rivals, FaissFiltered.Engine, vectors, NList, Progress.None);
            using var faiss = new FaissFiltered(vectors, bench.Options.NProbe, (bench.Options.Queries, bench.FlowQueries), rivals);
            faiss.Select(FilterTruth.Eligible(bench, programs[f]));
            Assert.InRange(SearchValues.Recall(faiss.Find(10), truth[f]), .99, 1);
            Assert.True(faiss.At(10, isCold: false).Run().WallSeconds > 0);
        }
    }

    [Fact]
    public void Masks_of_a_whole_catalogue_leave_a_row_and_a_goal_that_a_small_one_cannot_meet()
    {
        var run = new BenchmarkRun(new BenchmarkOptions(), Progress.None);
        WholeCatalogue.Measure(2000, run);
        var row = Assert.Single(run.Rows);
        Assert.InRange(row.Settings["values"], 7, 8);
        Assert.True(row.PerSecond > 0);
        Assert.Equal(Verdict.NotMeasured, Assert.Single(run.Report(new Nothing(), new ReferenceKernels(new Workers(1))).Goals).Verdict);
    }

    [Fact]
    public void Goals_come_from_rows_of_the_nearest_pass_rate()
    {
        var run = new BenchmarkRun(new BenchmarkOptions(), Progress.None);
        BenchmarkRow Row(string group, string engine, double pass, double ms, double part = 0) =>
            BenchmarkRun.RowOf(group, 1, "queries", 1, ("pass %", pass), ("k", 100), ("bitmaps only", 0)) with
            {
                Engine = engine,
                WallMs = ms,
                Figures = new Dictionary<string, double>
                {
                    [FilterMeasures.FilterPart] = part,
                    ["filter part, % of no filter"] = part * 100,
                },
            };
        foreach (double pass in (double[])[48, 9.7, 1.1])
        {
            run.Add(Row(FilterBenchmark.SearchGroup, FilterMeasures.Ours, pass, 1, part: pass / 1000));
            run.Add(Row(FilterBenchmark.FlowGroup, FilterMeasures.Ours, pass, 1));
            run.Add(Row(FilterBenchmark.FlowGroup, FaissFiltered.Engine + ", bitmap selector", pass, pass < 5 ? 6 : 3));
            run.Add(Row(FilterBenchmark.PartGroup, FilterMeasures.ProbedBloom, pass, 1));
            run.Add(Row(FilterBenchmark.PartGroup, FilterMeasures.WholeBloom, pass, 20));
            run.Add(Row(FilterBenchmark.PartGroup, FilterMeasures.Forward, pass, 97));
        }
        FilterGoals.Add(run);
        var goals = run.Report(new Nothing(), new ReferenceKernels(new Workers(1))).Goals;
        var shares = goals.Where(g => g.Name.StartsWith("k 100", StringComparison.Ordinal) && g.Measured is not null);
        Assert.Equal(4.8, Assert.Single(shares).Measured!.Value, 6);
        Assert.Equal(3, goals.Single(g => g.Name.StartsWith("10 %", StringComparison.Ordinal)).Measured);
        Assert.Equal(Verdict.Met, goals.Single(g => g.Name.StartsWith("1 %", StringComparison.Ordinal)).Verdict);
        Assert.Equal(20, goals.Single(g => g.Name.Contains("whole catalogue", StringComparison.Ordinal)).Measured);
        Assert.Equal(10_000, goals.Single(g => g.Name.Contains("forward", StringComparison.Ordinal)).Measured!.Value, 3);
    }

    static FilterBench Open(TemporaryFolder folder, out VectorSet vectors)
    {
        var run = new BenchmarkRun(new BenchmarkOptions { CacheFolder = folder.Path, Threads = 1 }, Progress.None);
        using var workers = new Workers(1);
        vectors = VectorSet.Generated(new Mixture { Items = Items, Queries = 4, Dim = 32 }, run, workers);
        return new FilterBench(vectors, new FilterBenchOptions { Items = Items, NList = NList, NProbe = NList, Queries = 4 }, run);
    }

    static RivalProcess? Rivals()
    {
        try
        {
            var rivals = RivalProcess.FindFolder() is { } scripts ? RivalProcess.Start(scripts) : null;
            return rivals is not null && rivals.Has(FaissFiltered.Engine) ? rivals : null;
        }
        catch (RivalException)
        {
            return null;
        }
    }

    sealed class Nothing : IBenchmark
    {
        public string Name => "nothing";

        public IEnumerable<(string Name, string Value)> Parameters => [];

        public void Run(BenchmarkRun run) => run.Note("nothing");
    }
}
