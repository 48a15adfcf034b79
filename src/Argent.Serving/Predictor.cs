using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Serving;

/// <summary>
/// One model behind one queue. Give it requests one at a time, from any thread; it runs them in batches on a thread of
/// its own, which splits the arithmetic over the kernels' workers.
/// </summary>
public sealed class Predictor : IAsyncDisposable
{
    readonly PredictorOptions _options;
    readonly IKernels _kernels;
    readonly TimeProvider _time;
    readonly BatchQueue<PendingRequest> _queue;
    readonly PredictorMetrics _metrics;
    readonly ExplainQueue _explain;
    readonly RankingQueue _ranking;
    readonly Thread _thread;
    Snapshot? _current;

    /// <summary>Puts <paramref name="snapshot"/> in service; the predictor owns it from now on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Predictor(Snapshot snapshot, IKernels kernels, PredictorOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(kernels);
        _options = options ?? new PredictorOptions();
        _options.Check();
        (_current, _kernels, _time) = (snapshot, kernels, time ?? TimeProvider.System);
        _queue = new BatchQueue<PendingRequest>(_options.MaxQueueSize, _time);
        _metrics = new PredictorMetrics(() => _queue.Count);
        _explain = new ExplainQueue(_kernels, _time);
        _ranking = new RankingQueue(_options, _kernels, _time, _metrics);
        _thread = new Thread(Loop) { IsBackground = true, Name = "argent-predictor" };
        _thread.Start();
    }

    /// <summary>The snapshot in service, or null when the predictor is stopping.</summary>
    public Snapshot? Current => Volatile.Read(ref _current);

    /// <summary>Requests that wait.</summary>
    public int QueueLength => _queue.Count;

    /// <summary>Answers one request.</summary>
    /// <exception cref="RequestException">The request is wrong; the message says where.</exception>
    /// <exception cref="ServingException">The queue is full, the deadline passed, or the predictor is stopping.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the request's pass began.</exception>
    public Task<RetrievalResponse> RetrieveAsync(RetrievalRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellation.ThrowIfCancellationRequested();
        long arrived = _time.GetTimestamp();
        return request.Explain
            ? RetrieveExplainedAsync(request, arrived, cancellation)
            : Enqueue(request, Lease(), arrived, cancellation);
    }

    /// <summary>
    /// Scores given items for one user, on a pass of its own beside the batches. Rankings follow one another; how many may
    /// wait is bounded by <see cref="PredictorOptions"/>.
    /// </summary>
    /// <exception cref="RequestException">The request is wrong; the message says where.</exception>
    /// <exception cref="ServingException">Too many rankings wait, the deadline passed, or the predictor is stopping.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the request's pass began.</exception>
    public Task<RankingResponse> RankAsync(RankingRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellation.ThrowIfCancellationRequested();
        long arrived = _time.GetTimestamp();
        var snapshot = Lease();
        try
        {
            var query = snapshot.Model.Ranking.Prepare(request, Deadline(request.DeadlineMs, arrived));
            return _ranking.Enqueue(new PendingRanking(query, snapshot, arrived, cancellation));
        }
        catch (Exception e)
        {
            snapshot.Release();
            _metrics.Failed(e is ServingException failure ? failure.Failure.ToString() : "BadRequest");
            throw;
        }
    }

    /// <summary>
    /// Explains one item's way through one request, on a pass of its own beside the batches. Explanations follow one
    /// another; a few may wait.
    /// </summary>
    /// <exception cref="RequestException">The request is wrong; the message says where.</exception>
    /// <exception cref="ServingException">Too many explanations wait, the deadline passed, or the predictor is stopping.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the explanation began.</exception>
    public async Task<Explanation> ExplainAsync(RetrievalRequest request, string item, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(item);
        long deadline = Deadline(request.DeadlineMs, _time.GetTimestamp());
        var snapshot = Lease();
        try
        {
            var explanation = await _explain.RunAsync(
                (kernels, scratch) => snapshot.Model.Explain(request, item, new ForwardPass(kernels, scratch), deadline),
                deadline, cancellation).ConfigureAwait(false);
            return explanation with { Snapshot = snapshot.Id, Watermark = snapshot.Watermark };
        }
        finally
        {
            snapshot.Release();
        }
    }

    /// <summary>The request takes its way through the queue like any other; its answer is explained behind it.</summary>
    async Task<RetrievalResponse> RetrieveExplainedAsync(
        RetrievalRequest request, long arrived, CancellationToken cancellation)
    {
        var (snapshot, answer) = LeaseTwice();
        try
        {
            var response = await Enqueue(request, answer, arrived, cancellation).ConfigureAwait(false);
            return await _explain.RunAsync(
                (kernels, scratch) => snapshot.Model.Explain(request, response, new ForwardPass(kernels, scratch)),
                Deadline(request.DeadlineMs, arrived), cancellation).ConfigureAwait(false);
        }
        finally
        {
            snapshot.Release();
        }
    }

    Task<RetrievalResponse> Enqueue(
        RetrievalRequest request, Snapshot snapshot, long arrived, CancellationToken cancellation)
    {
        try
        {
            var query = snapshot.Model.Prepare(request, Deadline(request.DeadlineMs, arrived));
            var pending = new PendingRequest(query, snapshot, arrived, cancellation);
            if (_queue.TryAdd(pending)) return pending.Task;
            throw Current is null
                ? new ServingException(ServingFailure.NotReady, "The predictor is stopping.")
                : new ServingException(
                    ServingFailure.Overloaded, $"{_options.MaxQueueSize} requests are waiting already; try again later.");
        }
        catch (Exception e)
        {
            snapshot.Release();
            _metrics.Failed(e is ServingException failure ? failure.Failure.ToString() : "BadRequest");
            throw;
        }
    }

    /// <summary>
    /// Puts <paramref name="next"/> in service. Requests that were prepared on the snapshot before it are answered by that
    /// one; it is freed after the last of them.
    /// </summary>
    public void Swap(Snapshot next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Interlocked.Exchange(ref _current, next)?.Dispose();
    }

    /// <summary>Refuses new requests, answers those that wait, and frees the snapshot.</summary>
    public ValueTask DisposeAsync()
    {
        var snapshot = Interlocked.Exchange(ref _current, null);
        _queue.Close();
        _ranking.Close();
        if (Thread.CurrentThread != _thread) _thread.Join();
        snapshot?.Dispose();
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    Snapshot Lease()
    {
        // A snapshot that is swapped out between the read and the lease refuses the lease: then the next one is there.
        while (Current is { } snapshot)
        {
            if (snapshot.TryLease()) return snapshot;
        }
        throw new ServingException(ServingFailure.NotReady, "No model is in service.");
    }

    /// <summary>One snapshot under two leases: the answer's, which the queue gives back, and the explanation's.</summary>
    (Snapshot Explained, Snapshot Answered) LeaseTwice()
    {
        while (true)
        {
            var snapshot = Lease();
            if (snapshot.TryLease()) return (snapshot, snapshot);
            snapshot.Release();
        }
    }

    long Deadline(double? deadlineMs, long arrived)
    {
        double seconds = _options.DefaultDeadline.TotalSeconds;
        if (deadlineMs is { } milliseconds)
        {
            if (!(milliseconds > 0)) throw new RequestException(RequestErrorKind.BadRequest, "'deadlineMs' must be above 0.");
            seconds = Math.Min(milliseconds / 1000, TimeSpan.FromDays(1).TotalSeconds);
        }
        return arrived + (long)(seconds * _time.TimestampFrequency);
    }

    void Loop()
    {
        using var scratch = new Scratch();
        var taken = new List<PendingRequest>(_options.MaxBatchSize);
        var group = new List<PendingRequest>(_options.MaxBatchSize);
        var batch = new RetrievalBatch(_options.MaxBatchSize);
        while (_queue.TryTake(taken, _options.MaxBatchSize, _options.MaxQueueDelay))
        {
            // Requests around a swap belong to different snapshots; each group runs on its own.
            while (taken.Count > 0)
            {
                var snapshot = taken[0].Snapshot;
                group.Clear();
                foreach (var pending in taken)
                {
                    if (pending.Snapshot == snapshot) group.Add(pending);
                }
                taken.RemoveAll(pending => pending.Snapshot == snapshot);
                Execute(snapshot, group, batch, scratch);
            }
        }
    }

    void Execute(Snapshot snapshot, List<PendingRequest> group, RetrievalBatch batch, Scratch scratch)
    {
        long started = _time.GetTimestamp();
        batch.Clear();
        group.RemoveAll(pending => !pending.TryStart(started, _metrics));
        if (group.Count == 0) return;
        try
        {
            foreach (var pending in group) batch.Add(pending.Query);
            scratch.Reset();
            snapshot.Model.Forward(batch, new ForwardPass(_kernels, scratch));
            _metrics.Batch(group.Count);
            for (int i = 0; i < group.Count; i++)
            {
                var queued = _time.GetElapsedTime(group[i].Arrived, started);
                var response = batch.Respond(i, snapshot.Id, snapshot.Watermark, (long)queued.TotalMicroseconds);
                group[i].Answer(response, _time.GetElapsedTime(group[i].Arrived), queued, _metrics);
            }
        }
        catch (Exception e)
        {
            // A failing pass fails its batch, not the predictor.
            foreach (var pending in group) pending.Fail(e, _metrics);
        }
    }
}
