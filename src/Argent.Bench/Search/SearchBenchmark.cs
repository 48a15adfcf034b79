using System.Globalization;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Plain search beside its rivals: the same vectors, the same number of lists, equal recall.</summary>
sealed class SearchBenchmark(SearchOptions options) : IBenchmark
{
    readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "search";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => _found.Select(f => (f.Key, f.Value));

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        // First, while the machine does nothing else.
        if (MachineLimits.CanMeasure) _ = run.Limits;
        using var rivals = StartRivals(run);
        using (var context = new SearchContext(Vectors(run), options.NList, options.HasGraphs, rivals, run))
        {
            Describe(context, rivals, run);
            run.Progress.Step("equal recall", 0, "rows");
            EqualRecall.Measure(context);
            SearchShares.Measure(context);
            run.Progress.Step("recall, batches, k, threads", 0, "rows");
            SearchCurves.Recall(context);
            SearchCurves.Batches(context);
            LongAnswers.Measure(context);
            TwoThreads.Measure(context);
            run.Progress.Step("graphs", 0, "rows");
            AgainstGraphs.Measure(context);
        }
        if (options.ItemsPath is null) CatalogueSizes.Measure(options, rivals, run);
        SearchPlots.Add(run);
    }

    static RivalProcess? Started(string folder, BenchmarkRun run)
    {
        try
        {
            // Rows of one thread: the rivals' matrix products must not take more.
            return RivalProcess.Start(folder, ("OPENBLAS_NUM_THREADS", "1"));
        }
        catch (RivalException e)
        {
            run.Note($"Rivals were not measured: {e.Message}.");
            return null;
        }
    }

    RivalProcess? StartRivals(BenchmarkRun run)
    {
        if (options.RivalsFolder is { } folder) return Started(folder, run);
        run.Note("Rivals were not measured: none were asked for, or bench/rivals was not found.");
        return null;
    }

    VectorSet Vectors(BenchmarkRun run)
    {
        if (options is { ItemsPath: { } items, QueriesPath: { } queries })
        {
            return VectorSet.OfFiles(items, queries, options.Metric, options.Queries, run.Options.CacheFolder);
        }
        using var workers = new Workers(run.Options.Threads);
        var mixture = new Mixture { Items = options.Items, Queries = options.Queries, Seed = run.Options.Seed };
        return VectorSet.Generated(mixture, run, workers);
    }

    void Describe(SearchContext context, RivalProcess? rivals, BenchmarkRun run)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        _found["vectors"] = context.Vectors.Name;
        _found["items"] = Text($"{context.Vectors.Count:N0} x {context.Vectors.Dim}");
        _found["metric"] = context.Vectors.Metric.ToString();
        _found["queries"] = Text($"{context.Queries}");
        _found["lists"] = Text($"{context.Argent.Index.NList}");
        _found["rounds"] = Text($"{run.Options.Rounds}");
        _found["artifact"] = context.Argent.ArtifactId;
        foreach (var (engine, version) in rivals?.Versions ?? new Dictionary<string, string>())
        {
            bool isRebuilt = rivals!.IsRebuilt(engine);
            _found[engine] = $"{version}, {(isRebuilt ? "compiled with this machine's vector instructions" : "the distribution's build")}";
        }
        if (rivals is not null && rivals.Versions.Keys.Any(e => !rivals.IsRebuilt(e)))
        {
            run.Note(
                "THE FIGURES FLATTER US: a rival is the distribution's build without AVX2, two to three times slower than it " +
                "should be. Run bench/rivals/build-faiss.sh and bench/rivals/build-hnswlib.sh and measure again.");
        }
        run.Note(
            "Every engine trains its own k-means on the same vectors with the same number of lists; what is held equal is recall: " +
            "each engine runs at the smallest number of probes (or candidates of a graph) that reaches it. Nothing is interpolated.");
        run.Note("Rows of one thread run on one processor each. Rivals are timed inside their process, around the library's call alone.");
        run.Note("Answers of up to 100 items are rescored from the bfloat16 cache with a margin of 64; longer ones are int8 scores.");
    }
}
