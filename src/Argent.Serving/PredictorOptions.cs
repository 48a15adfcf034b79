namespace Argent.Serving;

/// <summary>How a predictor queues and batches. Names follow Triton's settings.</summary>
public sealed record PredictorOptions
{
    /// <summary>Requests in one forward pass, 1 to 1,024 (<c>max_batch_size</c>).</summary>
    public int MaxBatchSize { get; init; } = 32;

    /// <summary>
    /// How long a request may wait for others to share its pass (<c>max_queue_delay_microseconds</c>); 0 takes what has
    /// gathered while the last pass ran.
    /// </summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Requests that may wait; one more is refused (<c>max_queue_size</c>).</summary>
    public int MaxQueueSize { get; init; } = 1024;

    /// <summary>
    /// Items of all rankings that may wait; a ranking beyond them is refused unless it is the only one. An id takes about
    /// 40 bytes, so 4 million, twenty of the largest requests, take 160 MB.
    /// </summary>
    public long MaxRankedItemsQueued { get; init; } = 4_000_000;

    /// <summary>Time allowed to a request that names no deadline.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Throws when a setting is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBatchSize, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueueSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRankedItemsQueued, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueueDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DefaultDeadline, TimeSpan.Zero);
    }
}
