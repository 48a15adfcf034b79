using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Everything that is measured of one filter.</summary>
sealed class FilterMeasures(FilterBench bench, FaissFiltered? faiss)
{
    public const string Ours = "argent", Without = "argent, no filter", AtHand = "bitmap at hand", Bitmaps = "bitmaps of all values",
        Postings = "posting lists", Forward = "forward checks of scanned items", WholeBloom = "masks of the whole catalogue",
        ProbedBloom = "masks of the probed lists", FilterPart = "filter part, ms";

    /// <summary>Measures searches of one filter and one K, and the ways to filter by themselves.</summary>
    public void Measure(FilterCase filter, FilterProgram program, Tensor<int> truth, int k)
    {
        bench.Run.Progress.Step($"{filter.Name}, k {k}", 0, "rows");
        var ways = new FilterWays(bench, program);
        double share = ways.Share();
        var answers = Answers.Of(bench.Options.Queries, k);
        // Each query's lists are known before it is timed: rivals of the filter alone do not probe.
        int[][] lists = [.. Enumerable.Range(0, bench.Options.Queries).Select(bench.Probe)];
        var exact = truth.Shape[1] == k ? truth : Shortened(truth, k);
        BenchmarkRow Row(string group, double? recall = null) => BenchmarkRun.RowOf(
            group, bench.Options.Queries, "queries", threads: 1,
            ("pass %", Math.Round(100 * share, 3)), ("k", k),
            ("bitmaps only", filter == FilterCases.BitmapsOnly ? 1 : 0)) with
        { Recall = recall };
        for (int q = 0; q < bench.Options.Queries; q++) bench.Search(q, program, in answers);
        double found = SearchValues.Recall(answers.Rows, exact);
        var searches = new List<(IContender, BenchmarkRow)>
        {
            (bench.Cold(Ours, q => bench.Search(q, program, in answers)), Row(FilterBenchmark.SearchGroup, found)),
            (bench.Cold(Without, q => bench.Search(q, null, in answers)), Row(FilterBenchmark.SearchGroup)),
            (Prepared(AtHand, _ => { }, answers, ways), Row(FilterBenchmark.SearchGroup)),
        };
        if (k == 100)
        {
            searches.Add((Prepared(Bitmaps, _ => ways.Bitmaps(), answers, ways), Row(FilterBenchmark.SearchGroup)));
            searches.Add((Prepared(Postings, _ => ways.Postings(), answers, ways), Row(FilterBenchmark.SearchGroup)));
            searches.Add((Prepared(Forward, q => ways.ForwardChecks(lists[q]), answers, ways), Row(FilterBenchmark.SearchGroup)));
        }
        if (faiss is not null)
        {
            faiss.Select(FilterTruth.Eligible(bench, program));
            searches.Add((faiss.At(k, isCold: true), Row(FilterBenchmark.SearchGroup, SearchValues.Recall(faiss.Find(k), exact))));
        }
        AddFilterPart(bench.Run.Compare(searches));
        if (k != 100) return;
        MeasureFlow(program, share, filter == FilterCases.BitmapsOnly);
        bench.Run.Compare(
            (bench.Cold(ProbedBloom, q => ways.ProbedPass(lists[q])), Row(FilterBenchmark.PartGroup)),
            (bench.Cold(WholeBloom, _ => ways.FullPass()), Row(FilterBenchmark.PartGroup)),
            (bench.Cold(Bitmaps, _ => ways.Bitmaps()), Row(FilterBenchmark.PartGroup)),
            (bench.Cold(Postings, _ => ways.Postings()), Row(FilterBenchmark.PartGroup)),
            (bench.Cold(Forward, q => ways.ForwardChecks(lists[q])), Row(FilterBenchmark.PartGroup)));
    }

    void MeasureFlow(FilterProgram program, double share, bool isBitmaps)
    {
        const int K = 100;
        var answers = Answers.Of(bench.FlowQueries, K);
        var row = BenchmarkRun.RowOf(
            FilterBenchmark.FlowGroup, bench.FlowQueries, "queries", threads: 1,
            ("pass %", Math.Round(100 * share, 3)), ("k", K), ("bitmaps only", isBitmaps ? 1 : 0));
        var searches = new List<(IContender, BenchmarkRow)>
        {
            (bench.Flowing(Ours, q => bench.Search(q, program, in answers)), row),
            (bench.Flowing(Without, q => bench.Search(q, null, in answers)), row),
        };
        if (faiss is not null) searches.Add((faiss.At(K, isCold: false), row));
        bench.Run.Compare(searches);
    }

    IContender Prepared(string name, Action<int> prepare, Answers answers, FilterWays ways)
    {
        ways.Bitmaps();
        return bench.Cold(name, q =>
        {
            prepare(q);
            bench.SearchPrepared(q, in answers);
        });
    }

    void AddFilterPart(IReadOnlyList<BenchmarkRow> rows)
    {
        var ours = rows.First(r => r.Engine == Ours);
        double part = (ours.WallMs - rows.First(r => r.Engine == AtHand).WallMs) / ours.Units;
        double without = rows.First(r => r.Engine == Without).WallMs / ours.Units;
        bench.Run.Replace(ours, ours with
        {
            Figures = new Dictionary<string, double> { [FilterPart] = part, ["filter part, % of no filter"] = 100 * part / without },
        });
    }

    static Tensor<int> Shortened(Tensor<int> truth, int k)
    {
        var first = Tensor.Zeros<int>(new Shape(truth.Shape[0], k));
        for (long q = 0; q < truth.Shape[0]; q++) truth.Row(q)[..k].CopyTo(first.Row(q));
        return first;
    }
}
