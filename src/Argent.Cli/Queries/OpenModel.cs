using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>A published model that this process asks directly, one batch at a time.</summary>
sealed class OpenModel : IDisposable
{
    readonly Scratch _scratch = new();

    OpenModel(Snapshot snapshot, IKernels kernels) => (Snapshot, Kernels) = (snapshot, kernels);

    /// <summary>What answers.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>The model.</summary>
    public RetrievalModel Model => Snapshot.Model;

    /// <summary>The arithmetic.</summary>
    public IKernels Kernels { get; }

    /// <summary>Opens an artifact, or the newest version of a model's folder.</summary>
    public static OpenModel Open(string path, CommandRun run, FileMemory memory) =>
        new(Snapshot.Load(Artifact.Open(Artifact.Resolve(path), memory: memory), kernels: run.Kernels), run.Kernels);

    /// <summary>Answers all requests of a batch; the answers are valid until the next call.</summary>
    public void Forward(RetrievalBatch batch)
    {
        _scratch.Reset();
        Model.Forward(batch, new ForwardPass(Kernels, _scratch));
    }

    /// <summary>Scores of given items.</summary>
    public RankingResponse Rank(RankingRequest request)
    {
        _scratch.Reset();
        var response = Model.Ranking.Rank(Model.Ranking.Prepare(request), new ForwardPass(Kernels, _scratch));
        return response with { Snapshot = Snapshot.Id, Watermark = Snapshot.Watermark };
    }

    /// <summary>An answer with what is known of its items; the answers of a batch stay valid.</summary>
    public RetrievalResponse Explain(RetrievalRequest request, RetrievalResponse response) =>
        Model.Explain(request, response, new ForwardPass(Kernels, _scratch));

    /// <summary>An item's way through a request.</summary>
    public Explanation Explain(RetrievalRequest request, string item)
    {
        _scratch.Reset();
        return Model.Explain(request, item, new ForwardPass(Kernels, _scratch)) with
        {
            Snapshot = Snapshot.Id,
            Watermark = Snapshot.Watermark,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch.Dispose();
        Snapshot.Dispose();
    }
}
