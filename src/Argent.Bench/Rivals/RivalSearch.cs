using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>What a search is: the best K of the first <paramref name="Count"/> queries, in batches.</summary>
/// <param name="K">K.</param>
/// <param name="Batch">Queries of a batch.</param>
/// <param name="Value">How hard the engine tries: lists probed, or the length of a graph's candidate list.</param>
/// <param name="Count">Queries.</param>
/// <param name="Threads">Threads that the engine may use.</param>
readonly record struct SearchSetting(int K, int Batch, int Value, int Count, int Threads = 1);

/// <summary>An engine that finds the nearest vectors.</summary>
interface ISearchEngine
{
    /// <summary>What results call it.</summary>
    string Name { get; }

    /// <summary>Values worth trying, ascending; more is slower and finds more.</summary>
    IReadOnlyList<int> Values { get; }

    /// <summary>The search as a contender.</summary>
    IContender At(SearchSetting setting);

    /// <summary>What the search finds: [Q, K] int32 rows of items, -1 where there are fewer.</summary>
    Tensor<int> Find(SearchSetting setting);
}

/// <summary>A rival of the other process, over vectors and an index that it has prepared.</summary>
sealed class RivalSearch : ISearchEngine
{
    readonly RivalProcess _process;
    readonly VectorSet _vectors;

    RivalSearch(RivalProcess process, string name, VectorSet vectors, IReadOnlyList<int> values) =>
        (_process, Name, _vectors, Values) = (process, name, vectors, values);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Values { get; }

    /// <summary>Hands the vectors over; indexes of other vectors are forgotten.</summary>
    public static void Load(RivalProcess process, VectorSet vectors) => process.Ask(new JsonObject
    {
        ["do"] = "load",
        ["items"] = vectors.ItemsPath,
        ["queries"] = vectors.QueriesPath,
        ["metric"] = vectors.Metric == Metric.L2 ? "l2" : "ip",
        ["cache"] = Path.Combine(vectors.Folder, "rivals"),
    });

    /// <summary>An inverted file of <paramref name="nlist"/> lists: <c>faiss-ivfflat</c>, <c>faiss-ivfsq8</c>.</summary>
    public static RivalSearch Lists(RivalProcess process, string name, VectorSet vectors, int nlist, Progress progress)
    {
        Prepare(process, new JsonObject { ["do"] = "prepare", ["engine"] = name, ["nlist"] = nlist }, progress);
        return new RivalSearch(process, name, vectors, SearchValues.Probes(nlist));
    }

    /// <summary>A graph: <c>faiss-hnsw</c>, <c>hnswlib</c>. M 32; building looks at 100 candidates for each item.</summary>
    public static RivalSearch Graph(RivalProcess process, string name, VectorSet vectors, Progress progress)
    {
        var request = new JsonObject { ["do"] = "prepare", ["engine"] = name, ["m"] = 32, ["efConstruction"] = 100 };
        Prepare(process, request, progress);
        return new RivalSearch(process, name, vectors, SearchValues.Candidates());
    }

    /// <inheritdoc/>
    public IContender At(SearchSetting setting) => new Contender(this, setting);

    /// <inheritdoc/>
    public Tensor<int> Find(SearchSetting setting)
    {
        string path = Path.Combine(_vectors.Folder, $"ids-{Environment.ProcessId}.npy");
        try
        {
            var request = Request(setting);
            request["ids"] = path;
            _process.Ask(request);
            return NpyReader.Read<int>(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static void Prepare(RivalProcess process, JsonObject request, Progress progress)
    {
        progress.Step($"prepare {request["engine"]}", 1, "indexes");
        var answer = process.Ask(request);
        progress.Done((bool)answer["cached"]! ? "from the cache" : "built");
    }

    JsonObject Request(SearchSetting setting) => new()
    {
        ["do"] = "search",
        ["engine"] = Name,
        ["value"] = setting.Value,
        ["k"] = setting.K,
        ["batch"] = setting.Batch,
        ["count"] = setting.Count,
        ["threads"] = setting.Threads,
        ["core"] = Environment.ProcessorCount - 1,
    };

    sealed class Contender(RivalSearch rival, SearchSetting setting) : IContender
    {
        public string Engine => rival.Name;

        public Timing Run()
        {
            var answer = rival._process.Ask(rival.Request(setting));
            return new Timing((double)answer["wall"]!, (double)answer["cpu"]!);
        }
    }
}
