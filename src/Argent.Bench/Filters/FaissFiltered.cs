using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Faiss IVFFlat with a bitmap of the eligible items as its selector; what making the bitmap takes is not counted.</summary>
/// <param name="vectors">What is searched; its inverted file is prepared.</param>
/// <param name="nprobe">Lists of a search.</param>
/// <param name="counts">Queries with cold caches, and queries one after the other.</param>
/// <param name="process">The rivals.</param>
sealed class FaissFiltered(VectorSet vectors, int nprobe, (int Cold, int Flowing) counts, RivalProcess process) : IDisposable
{
    /// <summary>The rival's name in the rivals' process.</summary>
    public const string Engine = "faiss-ivfflat";

    readonly string _bits = Path.Combine(vectors.Folder, $"eligible-{Environment.ProcessId}.npy");
    readonly string _ids = Path.Combine(vectors.Folder, $"filtered-ids-{Environment.ProcessId}.npy");

    /// <summary>The rivals on one thread; null, with a note, when none are asked for or to be had.</summary>
    public static RivalProcess? StartProcess(string? folder, BenchmarkRun run)
    {
        try
        {
            if (folder is not null) return RivalProcess.Start(folder, ("OPENBLAS_NUM_THREADS", "1"));
            run.Note("Faiss was not measured: no rivals were asked for, or bench/rivals was not found.");
        }
        catch (RivalException e)
        {
            run.Note($"Faiss was not measured: {e.Message}.");
        }
        return null;
    }

    /// <summary>Hands over who is eligible.</summary>
    public void Select(bool[] eligible)
    {
        var bytes = Tensor.From<byte>([.. eligible.Select(e => e ? (byte)1 : (byte)0)]);
        NpyWriter.Write(_bits, bytes);
        process.Ask(new JsonObject { ["do"] = "select", ["eligible"] = _bits });
    }

    /// <summary>The queries one by one, each with cold caches, or more of them one after the other.</summary>
    public IContender At(int k, bool isCold) => new Contender(this, k, isCold);

    /// <summary>What it finds.</summary>
    public Tensor<int> Find(int k)
    {
        var request = Request(k, isCold: true);
        request["ids"] = _ids;
        process.Ask(request);
        return NpyReader.Read<int>(_ids);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_bits);
        File.Delete(_ids);
    }

    JsonObject Request(int k, bool isCold) => new()
    {
        ["do"] = "search_selected",
        ["engine"] = Engine,
        ["value"] = nprobe,
        ["k"] = k,
        ["count"] = isCold ? counts.Cold : counts.Flowing,
        ["cold"] = isCold,
        ["core"] = Environment.ProcessorCount - 1,
    };

    sealed class Contender(FaissFiltered faiss, int k, bool isCold) : IContender
    {
        public string Engine => FaissFiltered.Engine + ", bitmap selector";

        public Timing Run()
        {
            var answer = faiss.Ask(k, isCold);
            return new Timing((double)answer["wall"]!, (double)answer["cpu"]!);
        }
    }

    JsonObject Ask(int k, bool isCold) => process.Ask(Request(k, isCold));
}
