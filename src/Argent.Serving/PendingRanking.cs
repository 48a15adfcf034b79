using Argent.Model;

namespace Argent.Serving;

/// <summary>A prepared ranking that waits for its pass. It holds a lease on its snapshot until it is answered.</summary>
sealed class PendingRanking(RankingQuery query, Snapshot snapshot, long arrived, CancellationToken cancellation)
{
    readonly TaskCompletionSource<RankingResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RankingQuery Query { get; } = query;

    public Snapshot Snapshot { get; } = snapshot;

    public long Arrived { get; } = arrived;

    public bool IsGivenUp => cancellation.IsCancellationRequested;

    public Task<RankingResponse> Task => _answer.Task;

    public void Answer(RankingResponse response)
    {
        Snapshot.Release();
        _answer.TrySetResult(response);
    }

    public void Fail(Exception failure, PredictorMetrics metrics)
    {
        Snapshot.Release();
        metrics.Failed(failure is ServingException known ? known.Failure.ToString() : "Internal");
        _answer.TrySetException(failure);
    }

    public void GiveUp(PredictorMetrics metrics)
    {
        Snapshot.Release();
        metrics.Failed("Cancelled");
        _answer.TrySetCanceled(cancellation);
    }
}
