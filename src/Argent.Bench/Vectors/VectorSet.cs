using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Items, queries and the exact answers: what engines are compared on. Rivals read the same files.</summary>
/// <param name="Name">A name for files and results.</param>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="ItemsPath">The file with <paramref name="Items"/>.</param>
/// <param name="QueriesPath">The file with <paramref name="Queries"/>.</param>
/// <param name="Items">[N, D] float32.</param>
/// <param name="Queries">[Q, D] float32.</param>
/// <param name="Folder">Where what is made from these vectors is kept.</param>
sealed record VectorSet(
    string Name, Metric Metric, string ItemsPath, string QueriesPath, Tensor<float> Items, Tensor<float> Queries, string Folder)
{
    /// <summary>N.</summary>
    public int Count => (int)Items.Shape[0];

    /// <summary>D.</summary>
    public int Dim => (int)Items.Shape[1];

    /// <summary>The mixture of so many items and the run's seed, generated when the cache does not have it.</summary>
    public static VectorSet Generated(int items, BenchmarkRun run)
    {
        using var workers = new Workers(run.Options.Threads);
        return Generated(new Mixture { Items = items, Seed = run.Options.Seed }, run, workers);
    }

    /// <summary>A mixture, generated when the cache does not have it.</summary>
    public static VectorSet Generated(Mixture mixture, BenchmarkRun run, Workers workers)
    {
        string folder = Path.Combine(run.Options.CacheFolder, mixture.Name);
        string items = Path.Combine(folder, "items.npy"), queries = Path.Combine(folder, $"queries-{mixture.Queries}.npy");
        Directory.CreateDirectory(folder);
        if (!File.Exists(items) || !File.Exists(queries)) mixture.Write(items, queries, workers, run.Progress);
        var (itemsRead, queriesRead) = (VectorReader.Read(items), VectorReader.Read(queries));
        return new VectorSet(mixture.Name, Metric.InnerProduct, items, queries, itemsRead, queriesRead, folder);
    }

    /// <summary>Vectors of files; those that rivals cannot read are written to the cache as plain NumPy matrices first.</summary>
    /// <param name="items">File of items.</param>
    /// <param name="queries">File of queries.</param>
    /// <param name="metric">How vectors are compared; for cosine, give vectors of unit length and the inner product.</param>
    /// <param name="queriesMax">Queries that are used, the first of the file.</param>
    /// <param name="cacheFolder">The cache.</param>
    public static VectorSet OfFiles(string items, string queries, Metric metric, int queriesMax, string cacheFolder)
    {
        if (metric == Metric.Cosine)
        {
            throw new ArgumentException("Rivals know the inner product and L2; normalise the vectors for cosine.");
        }
        var (itemsRead, queriesRead) = (VectorReader.Read(items), VectorReader.Read(queries));
        if (itemsRead.Shape[1] != queriesRead.Shape[1])
        {
            throw new ArgumentException($"Items have {itemsRead.Shape[1]} dimensions and queries {queriesRead.Shape[1]}.");
        }
        queriesRead = queriesRead.Rows(0, Math.Min(queriesMax, queriesRead.Shape[0]));
        string stem = Path.GetFileName(items).Split('.')[0], parent = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(items))!);
        string name = string.Create(CultureInfo.InvariantCulture, $"{parent}-{stem}-{itemsRead.Shape[0]}x{itemsRead.Shape[1]}");
        string folder = Path.Combine(cacheFolder, name);
        Directory.CreateDirectory(folder);
        string itemsPath = Plain(itemsRead, Path.Combine(folder, "items.npy"));
        string queriesPath = Plain(queriesRead, Path.Combine(folder, $"queries-{queriesRead.Shape[0]}.npy"));
        return new VectorSet(name, metric, itemsPath, queriesPath, itemsRead, queriesRead, folder);
    }

    /// <summary>The exact best of the first queries, from the cache when it has them: [queries, k] rows.</summary>
    public Tensor<int> Truth(int k, int queries, IKernels kernels, Progress progress)
    {
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"truth-{queries}x{k}.npy"));
        if (File.Exists(path)) return NpyReader.Read<int>(path);
        var truth = ExactSearch.Run(Items, Metric, Queries.Rows(0, queries), k, kernels, progress);
        NpyWriter.Write(path + ".partial", truth);
        File.Move(path + ".partial", path, overwrite: true);
        return truth;
    }

    static string Plain(Tensor<float> vectors, string path)
    {
        // The name tells the rows, and a folder belongs to one file: what is there is the same.
        if (File.Exists(path)) return path;
        NpyWriter.Write(path + ".partial", vectors);
        File.Move(path + ".partial", path);
        return path;
    }
}
