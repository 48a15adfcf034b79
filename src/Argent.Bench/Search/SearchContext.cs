using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Vectors, their exact answers and the engines that search them: what the parts of the benchmark share.</summary>
sealed class SearchContext : IDisposable
{
    // The longest answers whose recall is measured.
    const int TruthMax = 20_000;

    static readonly string[] _listNames = ["faiss-ivfflat", "faiss-ivfsq8"], _graphNames = ["faiss-hnsw", "hnswlib"];

    readonly Tensor<int> _truth;
    readonly Dictionary<(string Engine, int K, int Value, int Queries), double> _recalls = [];
    readonly List<ISearchEngine> _lists = [], _graphs = [];

    /// <summary>Prepares everything: vectors, artifact, exact answers, the rivals' indexes.</summary>
    public SearchContext(VectorSet vectors, int nlist, bool hasGraphs, RivalProcess? rivals, BenchmarkRun run)
    {
        (Run, Vectors) = (run, vectors);
        Argent = new ArgentEngine(vectors, nlist, run);
        using (var workers = new Workers(run.Options.Threads))
        {
            int k = Math.Min(TruthMax, vectors.Count);
            _truth = vectors.Truth(k, (int)vectors.Queries.Shape[0], CpuKernels.Create(workers), run.Progress);
        }
        if (rivals is null) return;
        RivalSearch.Load(rivals, vectors);
        foreach (string name in _listNames.Where(rivals.Has))
        {
            _lists.Add(RivalSearch.Lists(rivals, name, vectors, Argent.Index.NList, run.Progress));
        }
        foreach (string name in _graphNames.Where(n => hasGraphs && rivals.Has(n)))
        {
            _graphs.Add(RivalSearch.Graph(rivals, name, vectors, run.Progress));
        }
    }

    /// <summary>Where results go.</summary>
    public BenchmarkRun Run { get; }

    /// <summary>Items and queries.</summary>
    public VectorSet Vectors { get; }

    /// <summary>This engine.</summary>
    public ArgentEngine Argent { get; }

    /// <summary>Rivals that probe lists.</summary>
    public IReadOnlyList<ISearchEngine> Lists => _lists;

    /// <summary>Rivals that walk a graph.</summary>
    public IReadOnlyList<ISearchEngine> Graphs => _graphs;

    /// <summary>The rival that the goals name, or null.</summary>
    public ISearchEngine? IvfFlat => _lists.Find(e => e.Name == "faiss-ivfflat");

    /// <summary>Queries there are.</summary>
    public int Queries => (int)Vectors.Queries.Shape[0];

    /// <summary>Queries of a run: enough for a run to take a while, all of them for the largest batches.</summary>
    public int CountFor(int batch)
    {
        const int Enough = 256;
        return Math.Min(Queries, Math.Max(batch, Enough));
    }

    /// <summary>True when answers of this length have exact ones to be compared with.</summary>
    public bool HasTruth(int k) => k <= _truth.Shape[1];

    /// <summary>Recall over the first queries; an answer does not depend on the batch that it was asked in.</summary>
    public double Recall(ISearchEngine engine, int k, int value, int queries)
    {
        if (_recalls.TryGetValue((engine.Name, k, value, queries), out double known)) return known;
        var found = engine.Find(new SearchSetting(k, queries, value, queries));
        double recall = SearchValues.Recall(found, _truth);
        found.Storage.Dispose();
        return _recalls[(engine.Name, k, value, queries)] = recall;
    }

    /// <summary>The smallest value at which an engine reaches a recall; null when it does not.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="k">Length of the answers.</param>
    /// <param name="recall">What must be reached.</param>
    /// <param name="queries">Queries that recall is measured with; 0 is all.</param>
    public int? Reach(ISearchEngine engine, int k, double recall, int queries = 0)
    {
        // A graph that looks at fewer candidates than k cannot return k.
        IReadOnlyList<int> values = _graphs.Contains(engine) ? [k, .. engine.Values.Where(v => v > k)] : engine.Values;
        return SearchValues.Smallest(values, value => Recall(engine, k, value, queries > 0 ? queries : Queries), recall)?.Value;
    }

    /// <summary>Measures engines against each other, each at its own value.</summary>
    /// <param name="group">The group of the rows.</param>
    /// <param name="entries">Engines and what they are asked.</param>
    /// <param name="queries">Queries that recall is measured with; 0 is all.</param>
    public IReadOnlyList<BenchmarkRow> Compare(
        string group, IReadOnlyList<(ISearchEngine Engine, SearchSetting Setting)> entries, int queries = 0)
    {
        int asked = queries > 0 ? queries : Queries;
        return Run.Compare([.. entries.Select(e => (e.Engine.At(e.Setting), RowOf(group, e.Engine, e.Setting, asked)))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Argent.Dispose();
        _truth.Storage.Dispose();
    }

    BenchmarkRow RowOf(string group, ISearchEngine engine, SearchSetting setting, int queries)
    {
        string value = _graphs.Contains(engine) ? "ef" : "nprobe";
        var row = BenchmarkRun.RowOf(
            group, setting.Count, "queries", setting.Threads,
            ("items", Vectors.Count), ("k", setting.K), ("batch", setting.Batch), (value, setting.Value));
        return HasTruth(setting.K) ? row with { Recall = Recall(engine, setting.K, setting.Value, queries) } : row;
    }
}
