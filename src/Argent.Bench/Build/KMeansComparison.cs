using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Kernels;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// k-means of this engine and of Faiss over the same rows of length 1, by direction. The objective is computed here for
/// both, by comparing every row with every centroid.
/// </summary>
sealed class KMeansComparison : IDisposable
{
    readonly BuildOptions _options;
    readonly Tensor<float> _rows;
    readonly string _rowsPath, _centroidsPath;
    readonly ulong _seed;

    /// <summary>Takes every so-manieth of the items.</summary>
    public unsafe KMeansComparison(VectorSet vectors, BuildOptions options, BenchmarkRun run)
    {
        (_options, _seed) = (options, run.Options.Seed);
        int count = Math.Min(options.Sample, vectors.Count);
        _rows = Tensor.Zeros<float>(new Shape(count, vectors.Dim));
        for (int r = 0; r < count; r++) vectors.Items.Row((long)vectors.Count * r / count).CopyTo(_rows.Row(r));
        using var workers = new Workers(1);
        CpuKernels.Create(workers).NormalizeRows(new NormalizeRowsArgs { Input = _rows, Output = _rows });
        string stem = Path.Combine(vectors.Folder, $"kmeans-{Environment.ProcessId}");
        (_rowsPath, _centroidsPath) = (stem + "-rows.npy", stem + "-centroids.npy");
        NpyWriter.Write(_rowsPath, _rows);
    }

    /// <summary>Rows of the sample.</summary>
    public int Count => (int)_rows.Shape[0];

    /// <summary>Measures with some threads; the rows of this engine and of Faiss, which is missing without a process.</summary>
    public (BenchmarkRow Own, BenchmarkRow? Rival) Measure(BenchmarkRun run, int threads, RivalProcess? rivals)
    {
        using var workers = new Workers(threads);
        var kernels = CpuKernels.Create(workers);
        Clustering? found = null;
        var how = new KMeansOptions
        {
            NList = _options.NList,
            Spherical = true,
            SamplePerList = (Count + _options.NList - 1) / _options.NList,
            Seed = _seed,
        };
        var entries = new List<(IContender, BenchmarkRow)>
        {
            (
                new LocalContender("argent", run.Clock, () => found = KMeans.Train(_rows, how, kernels, Progress.None)),
                Row(threads, how.Rounds)),
        };
        if (rivals is not null) entries.Add((new RivalTraining(rivals, Request(threads)), Row(threads, _options.KMeansRounds)));
        var rows = run.Compare(entries);
        var own = WithObjective(run, rows[0], found!.Centroids, kernels);
        if (rivals is null) return (own, null);
        return (own, WithObjective(run, rows[1], NpyReader.Read<float>(_centroidsPath), kernels));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_rowsPath);
        File.Delete(_centroidsPath);
        _rows.Storage.Dispose();
    }

    BenchmarkRow Row(int threads, int rounds) =>
        BenchmarkRun.RowOf("k-means", Count, "rows", threads, ("lists", _options.NList), ("rounds", rounds));

    JsonObject Request(int threads) => new()
    {
        ["do"] = "kmeans",
        ["rows"] = _rowsPath,
        ["lists"] = _options.NList,
        ["rounds"] = _options.KMeansRounds,
        ["spherical"] = true,
        ["threads"] = threads,
        ["core"] = Environment.ProcessorCount - 1,
        ["centroids"] = _centroidsPath,
    };

    /// <summary>Mean squared distance from the nearest centroid: |x - c|² = 2 - 2 x · c for directions.</summary>
    BenchmarkRow WithObjective(BenchmarkRun run, BenchmarkRow row, Tensor<float> centroids, IKernels kernels)
    {
        var best = Tensor.Zeros<float>(new Shape(Count));
        kernels.NearestRows(new NearestRowsArgs
        {
            Rows = _rows,
            Table = centroids,
            Nearest = Tensor.Zeros<int>(new Shape(Count)),
            Best = best,
        });
        double sum = 0;
        foreach (float score in best.Span) sum += 2 - 2.0 * score;
        var with = row with { Figures = new Dictionary<string, double> { ["objective"] = sum / Count } };
        run.Replace(row, with);
        return with;
    }

    /// <summary>Faiss, in the other process.</summary>
    sealed class RivalTraining(RivalProcess process, JsonObject request) : IContender
    {
        /// <inheritdoc/>
        public string Engine => "faiss";

        /// <inheritdoc/>
        public Timing Run()
        {
            var answer = process.Ask(request);
            return new Timing((double)answer["wall"]!, (double)answer["cpu"]!);
        }
    }
}
