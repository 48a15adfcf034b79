using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Serving;

/// <summary>
/// Rankings one after another on a thread of their own, beside the batches of retrievals: they share the kernels' workers, a
/// kernel call at a time, so a long ranking holds no retrieval up. What waits is bounded by requests and by items.
/// </summary>
/// <param name="options">Bounds.</param>
/// <param name="kernels">The arithmetic of the batches: scores have the same bits.</param>
/// <param name="time">What deadlines are measured by.</param>
/// <param name="metrics">What is counted.</param>
sealed class RankingQueue(PredictorOptions options, IKernels kernels, TimeProvider time, PredictorMetrics metrics)
{
    readonly BatchQueue<PendingRanking> _queue = new(options.MaxQueueSize, time);
    readonly Lock _lock = new();
    Thread? _thread;
    bool _isClosed;
    long _items;

    /// <summary>Adds a ranking, which is released when it is refused.</summary>
    /// <exception cref="ServingException">Too much waits already, or the predictor is stopping.</exception>
    public Task<RankingResponse> Enqueue(PendingRanking pending)
    {
        lock (_lock)
        {
            if (_isClosed) throw new ServingException(ServingFailure.NotReady, "The predictor is stopping.");
            // One ranking may always wait, however the bound is set.
            if (_items > 0 && _items + pending.Query.Count > options.MaxRankedItemsQueued)
            {
                throw new ServingException(
                    ServingFailure.Overloaded, $"{_items} items are waiting to be ranked already; try again later.");
            }
            if (!_queue.TryAdd(pending))
            {
                throw new ServingException(
                    ServingFailure.Overloaded, $"{options.MaxQueueSize} rankings are waiting already; try again later.");
            }
            _items += pending.Query.Count;
            // Who never ranks has no thread for it.
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = "argent-ranking" };
                _thread.Start();
            }
        }
        return pending.Task;
    }

    /// <summary>Refuses new rankings and answers those that wait.</summary>
    public void Close()
    {
        lock (_lock) _isClosed = true;
        _queue.Close();
        if (Thread.CurrentThread != _thread) _thread?.Join();
    }

    void Loop()
    {
        using var scratch = new Scratch();
        var taken = new List<PendingRanking>(1);
        while (_queue.TryTake(taken, 1, TimeSpan.Zero))
        {
            lock (_lock) _items -= taken[0].Query.Count;
            Rank(taken[0], scratch);
        }
    }

    void Rank(PendingRanking pending, Scratch scratch)
    {
        long started = time.GetTimestamp();
        if (pending.IsGivenUp)
        {
            pending.GiveUp(metrics);
            return;
        }
        try
        {
            if (started >= pending.Query.Deadline)
            {
                throw new ServingException(ServingFailure.Deadline, "The deadline passed while the request waited.");
            }
            scratch.Reset();
            var snapshot = pending.Snapshot;
            var response = snapshot.Model.Ranking.Rank(pending.Query, new ForwardPass(kernels, scratch));
            var queued = time.GetElapsedTime(pending.Arrived, started);
            var timing = response.TimingUs;
            long waited = (long)queued.TotalMicroseconds;
            metrics.Ranked(response, time.GetElapsedTime(pending.Arrived), queued);
            pending.Answer(response with
            {
                Snapshot = snapshot.Id,
                Watermark = snapshot.Watermark,
                TimingUs = timing with { Queue = waited, Total = timing.Total + waited },
            });
        }
        catch (TimeoutException e)
        {
            pending.Fail(new ServingException(ServingFailure.Deadline, e.Message), metrics);
        }
        catch (Exception e)
        {
            // A failing ranking fails alone.
            pending.Fail(e, metrics);
        }
    }
}
