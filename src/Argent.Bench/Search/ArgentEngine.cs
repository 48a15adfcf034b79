using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>This engine over a published artifact: what <see cref="VectorSearch"/> does, without requests around it.</summary>
sealed class ArgentEngine : ISearchEngine, IDisposable
{
    readonly Artifact _artifact;
    readonly VectorSearch _search;
    readonly Tensor<float> _queries;
    readonly RunClock _clock;
    readonly Dictionary<int, Crew> _crews = [];

    /// <summary>Opens the artifact of the vectors; publishes it when the cache does not have it.</summary>
    /// <param name="vectors">Items and queries.</param>
    /// <param name="nlist">Lists; 0 lets the publisher choose.</param>
    /// <param name="run">Options, progress and clocks.</param>
    public ArgentEngine(VectorSet vectors, int nlist, BenchmarkRun run)
    {
        (_queries, _clock) = (vectors.Queries, run.Clock);
        string name = string.Create(CultureInfo.InvariantCulture, $"models-nlist{nlist}-seed{run.Options.Seed}");
        string folder = Path.Combine(vectors.Folder, name);
        if (run.Options.IsFresh && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        if (!Directory.Exists(folder)) Publish(vectors, nlist, folder, run);
        // As a server opens it.
        _artifact = Artifact.Open(Artifact.Resolve(folder), memory: FileMemory.Resident);
        var parts = RetrievalParts.FromArtifact(_artifact);
        (Index, Cache, _search) = (parts.Index, parts.Cache, new VectorSearch(parts.Index, parts.Cache));
        Values = SearchValues.Probes(Index.NList);
    }

    /// <inheritdoc/>
    public string Name => "argent";

    /// <inheritdoc/>
    public IReadOnlyList<int> Values { get; }

    /// <summary>The lists.</summary>
    public IvfIndex Index { get; }

    /// <summary>The items' embeddings.</summary>
    public EmbeddingCache Cache { get; }

    /// <summary>The kernels that search.</summary>
    public string Variant => CrewOf(1).Kernels.Variant;

    /// <summary>Which artifact is measured.</summary>
    public string ArtifactId => _artifact.Manifest.Id();

    /// <summary>
    /// Candidates that are scored again from the cache: int8 scores misplace items near the cut of short answers, which
    /// costs long ones too little to matter.
    /// </summary>
    public static int RescoreOf(int k) => k <= 100 ? 64 : 0;

    /// <inheritdoc/>
    public IContender At(SearchSetting setting)
    {
        var crew = CrewOf(setting.Threads);
        var (rows, scores) = Answers(setting.Batch, setting.K);
        return new LocalContender(Name, _clock, All, crew.Pinned);

        void All()
        {
            for (int first = 0; first < setting.Count; first += setting.Batch)
            {
                int count = Math.Min(setting.Batch, setting.Count - first);
                Search(setting, first, rows.Rows(0, count), scores.Rows(0, count), crew);
            }
        }
    }

    /// <inheritdoc/>
    public Tensor<int> Find(SearchSetting setting)
    {
        var (rows, scores) = Answers(setting.Count, setting.K);
        Search(setting, 0, rows, scores, CrewOf(setting.Threads));
        scores.Storage.Dispose();
        return rows;
    }

    /// <summary>Items in the lists that the first <paramref name="count"/> queries probe, summed over the queries.</summary>
    public long ScannedItems(int nprobe, int count)
    {
        using var scratch = new Scratch();
        var lists = Index.Probe(_queries.Rows(0, count), Math.Min(nprobe, Index.NList), new ForwardPass(CrewOf(1).Kernels, scratch));
        long items = 0;
        for (long i = 0; i < lists.Count; i++) items += Index.Lists.ListCount[lists[i]];
        return items;
    }

    /// <summary>Bytes that the scan reads of an item: code, scale and bias.</summary>
    public int BytesPerItem => Index.Lists.PaddedDim + 2 * sizeof(float);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var crew in _crews.Values) crew.Dispose();
        _artifact.Dispose();
    }

    void Search(SearchSetting setting, int first, Tensor<int> rows, Tensor<float> scores, Crew crew)
    {
        var args = new VectorSearchArgs
        {
            Queries = _queries.Rows(first, rows.Shape[0]),
            NProbe = setting.Value,
            Rescore = RescoreOf(setting.K),
            Rows = rows,
            Scores = scores,
        };
        _search.Run(in args, new ForwardPass(crew.Kernels, crew.Scratch));
        crew.Scratch.Reset();
    }

    static (Tensor<int> Rows, Tensor<float> Scores) Answers(int queries, int k) =>
        (Tensor.Zeros<int>(new Shape(queries, k)), Tensor.Zeros<float>(new Shape(queries, k)));

    Crew CrewOf(int threads) => _crews.TryGetValue(threads, out var crew) ? crew : _crews[threads] = new Crew(threads);

    static void Publish(VectorSet vectors, int nlist, string folder, BenchmarkRun run)
    {
        long[] ids = [.. Enumerable.Range(0, vectors.Count).Select(i => (long)i)];
        var source = PublishSource.FromVectors("bench", new Catalogue(ItemIds.FromSorted(ids), null, []), vectors.Items, vectors.Metric);
        using var workers = new Workers(run.Options.Threads);
        var options = new PublishOptions { NList = nlist, Seed = run.Options.Seed };
        Publisher.Publish(source, options, folder + ".partial", CpuKernels.Create(workers), run.Progress);
        Directory.Move(folder + ".partial", folder);
    }

    /// <summary>Threads, their kernels and their memory. One thread stays on one processor, as a rival's does.</summary>
    sealed class Crew(int threads) : IDisposable
    {
        readonly Workers _workers = new(threads);

        public IKernels Kernels => field ??= CpuKernels.Create(_workers);

        public Scratch Scratch { get; } = new();

        public PinnedThread? Pinned { get; } = threads == 1 ? new PinnedThread(Environment.ProcessorCount - 1) : null;

        public void Dispose()
        {
            Pinned?.Dispose();
            Scratch.Dispose();
            _workers.Dispose();
        }
    }
}
