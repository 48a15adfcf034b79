using Argent.Model;

namespace Argent.Serving;

/// <summary>A prepared request that waits for its pass. It holds a lease on its snapshot until it is answered.</summary>
sealed class PendingRequest(RetrievalQuery query, Snapshot snapshot, long arrived, CancellationToken cancellation)
{
    readonly TaskCompletionSource<RetrievalResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RetrievalQuery Query { get; } = query;

    public Snapshot Snapshot { get; } = snapshot;

    public long Arrived { get; } = arrived;

    public Task<RetrievalResponse> Task => _answer.Task;

    /// <summary>False when nobody waits any more or the deadline has passed: then it is answered and released.</summary>
    public bool TryStart(long now, PredictorMetrics metrics)
    {
        if (cancellation.IsCancellationRequested)
        {
            Snapshot.Release();
            metrics.Failed("Cancelled");
            _answer.TrySetCanceled(cancellation);
            return false;
        }
        if (now < Query.Deadline) return true;
        Fail(new ServingException(ServingFailure.Deadline, "The deadline passed while the request waited."), metrics);
        return false;
    }

    public void Answer(RetrievalResponse response, TimeSpan total, TimeSpan queued, PredictorMetrics metrics)
    {
        if (response.Status == RetrievalStatus.Deadline && response.Items.Count == 0)
        {
            Fail(new ServingException(ServingFailure.Deadline, "The deadline passed before an eligible item was found."), metrics);
            return;
        }
        Snapshot.Release();
        metrics.Answered(response.Status, total, queued);
        _answer.TrySetResult(response);
    }

    public void Fail(Exception failure, PredictorMetrics metrics)
    {
        if (_answer.Task.IsCompleted) return;
        Snapshot.Release();
        metrics.Failed(failure is ServingException known ? known.Failure.ToString() : "Internal");
        _answer.TrySetException(failure);
    }
}
