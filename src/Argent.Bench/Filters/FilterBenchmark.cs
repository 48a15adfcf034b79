using System.Globalization;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Filtered search beside other ways to filter: what a filter costs at each pass rate, with cold caches.</summary>
sealed class FilterBenchmark(FilterBenchOptions options) : IBenchmark
{
    public const string SearchGroup = "filtered search, one query, cold caches";
    public const string FlowGroup = "filtered search, query after query";
    public const string PartGroup = "filter part of a search, cold caches";

    const int ShortK = 100, LongK = 1000;

    readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "filter";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => _found.Select(f => (f.Key, f.Value));

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        using var rivals = FaissFiltered.StartProcess(options.RivalsFolder, run);
        using (var bench = new FilterBench(VectorSet.Generated(options.Items, run), options, run))
        {
            Describe(bench, run);
            FilterCase[] cases = [.. FilterCases.All, FilterCases.BitmapsOnly];
            FilterProgram[] programs = [.. cases.Select(bench.Compile)];
            var truth = FilterTruth.Find(bench, programs, LongK);
            using var faiss = rivals is null || !rivals.Has(FaissFiltered.Engine) ? null : Prepare(bench, rivals);
            var measures = new FilterMeasures(bench, faiss);
            for (int i = 0; i < cases.Length; i++)
            {
                foreach (int k in (int[])[ShortK, LongK]) measures.Measure(cases[i], programs[i], truth[i], k);
            }
            FilterGoals.Add(run);
            ItemLists.Measure(bench);
        }
        WholeCatalogue.Measure(options.Items, run);
        FilterPlots.Add(run);
    }

    static FaissFiltered Prepare(FilterBench bench, RivalProcess rivals)
    {
        RivalSearch.Load(rivals, bench.Vectors);
        RivalSearch.Lists(rivals, FaissFiltered.Engine, bench.Vectors, bench.Options.NList, bench.Run.Progress);
        return new FaissFiltered(bench.Vectors, bench.Options.NProbe, (bench.Options.Queries, bench.FlowQueries), rivals);
    }

    void Describe(FilterBench bench, BenchmarkRun run)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        _found["items"] = Text($"{bench.Vectors.Count:N0} x {bench.Vectors.Dim}");
        _found["queries"] = Text($"{options.Queries}");
        _found["lists"] = Text($"{options.NList}, {options.NProbe} probed");
        long blocks = bench.Words.BlockStart.Count - 1;
        double rows = (double)bench.Words.Rows.Count / FilterWords.BlockWords / blocks;
        _found["filter rows of a block"] = Text($"{bench.Layout.ExactRows} bitmaps, {rows - bench.Layout.ExactRows:0} Bloom");
        _found["rounds"] = Text($"{run.Options.Rounds}");
        run.Note("Before each query a buffer of 96 MB is written, three times the third-level cache; only the query is timed.");
        run.Note(
            "The rivals inside this process find the eligible items in their own way and write one bit a slot; the same int8 scan "
            + "follows. 'bitmap at hand' is that scan alone: what a search takes when the answer of the filter is known.");
        run.Note("The filter part of a search is its time less that of 'bitmap at hand': masks and the verification of candidates.");
        run.Note("Faiss gets a prepared bitmap of the eligible items; what making it takes is not counted. All probe as many lists.");
    }
}
