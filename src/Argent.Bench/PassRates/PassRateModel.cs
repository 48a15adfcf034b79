using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The published model, asked as a server asks it: one request a batch, one thread, default settings.</summary>
sealed class PassRateModel : IDisposable
{
    readonly Snapshot _snapshot;
    readonly VectorSet _vectors;
    readonly Workers _one = new(1);
    readonly IKernels _kernels;
    readonly Scratch _scratch = new();
    readonly RetrievalBatch _batch = new(1);

    /// <summary>Opens the artifact; publishes it when the cache does not have it.</summary>
    public PassRateModel(VectorSet vectors, PassRateCatalogue catalogue, int nlist, BenchmarkRun run)
    {
        (_vectors, _kernels) = (vectors, CpuKernels.Create(_one));
        string folder = Path.Combine(
            vectors.Folder, string.Create(CultureInfo.InvariantCulture, $"models-pass-rates-nlist{nlist}-seed{run.Options.Seed}"));
        if (run.Options.IsFresh && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        if (!Directory.Exists(folder)) Publish(vectors, catalogue, (folder, nlist), run);
        _snapshot = Snapshot.Load(Artifact.Open(Artifact.Resolve(folder), memory: FileMemory.Resident));
    }

    /// <summary>The model.</summary>
    public RetrievalModel Model => _snapshot.Model;

    /// <summary>Which artifact is measured.</summary>
    public string ArtifactId => _snapshot.Id;

    /// <summary>The requests of the first queries.</summary>
    public IReadOnlyList<RetrievalQuery> Prepare(string? filter, int k, int queries) =>
    [
        .. Enumerable.Range(0, queries).Select(q => Model.Prepare(new RetrievalRequest
        {
            User = new UserInput { Vectors = [_vectors.Queries.Row(q).ToArray()] },
            K = k,
            Filter = filter,
        })),
    ];

    /// <summary>Answers one request; the answer is valid until the next call.</summary>
    public RetrievalBatch Ask(RetrievalQuery query)
    {
        _scratch.Reset();
        _batch.Clear();
        _batch.Add(query);
        Model.Forward(_batch, new ForwardPass(_kernels, _scratch));
        return _batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _snapshot.Dispose();
        _scratch.Dispose();
        _one.Dispose();
    }

    static void Publish(VectorSet vectors, PassRateCatalogue catalogue, (string Folder, int NList) to, BenchmarkRun run)
    {
        string partial = to.Folder + ".partial";
        long[] ids = [.. Enumerable.Range(0, vectors.Count).Select(i => (long)i)];
        var items = new Catalogue(ItemIds.FromSorted(ids), null, catalogue.Columns);
        var source = PublishSource.FromVectors("pass-rates", items, vectors.Items, vectors.Metric);
        using var workers = new Workers(run.Options.Threads);
        var options = new PublishOptions { NList = to.NList, Seed = run.Options.Seed };
        Publisher.Publish(source, options, partial, CpuKernels.Create(workers), run.Progress);
        Directory.Move(partial, to.Folder);
    }
}

/// <summary>Requests one by one; keeps how long each took.</summary>
sealed class RequestContender(string engine, PassRateModel model, IReadOnlyList<RetrievalQuery> queries, RunClock clock) : IContender
{
    readonly List<double> _seconds = [];
    bool _isWarm;

    /// <inheritdoc/>
    public string Engine => engine;

    /// <summary>The median of all requests of all rounds but the first, in microseconds.</summary>
    public double MedianUs => 1e6 * Rounds.Median(_seconds);

    /// <inheritdoc/>
    public Timing Run()
    {
        double wall = 0, cpu = 0;
        foreach (var query in queries)
        {
            var timing = clock.Time(() => model.Ask(query));
            (wall, cpu) = (wall + timing.WallSeconds, cpu + timing.CpuSeconds);
            if (_isWarm) _seconds.Add(timing.WallSeconds);
        }
        _isWarm = true;
        return new Timing(wall, cpu);
    }
}
