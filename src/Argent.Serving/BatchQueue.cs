namespace Argent.Serving;

/// <summary>
/// A bounded queue whose reader takes runs of entries. Entries that wait are bounded by a number, a run by a number and
/// by the time its oldest entry may wait.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
sealed class BatchQueue<T>(int capacity, TimeProvider time)
{
    readonly Queue<(T Entry, long Arrived)> _entries = new();
    readonly object _lock = new();
    bool _closed;

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get { lock (_lock) return _entries.Count; }
    }

    /// <summary>Adds an entry; false when the queue is full or closed.</summary>
    public bool TryAdd(T entry)
    {
        lock (_lock)
        {
            if (_closed || _entries.Count >= capacity) return false;
            _entries.Enqueue((entry, time.GetTimestamp()));
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Refuses new entries; those that wait are still taken.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>
    /// Waits for entries and moves up to <paramref name="most"/> of them to <paramref name="batch"/>: as soon as there
    /// are that many, or the oldest has waited <paramref name="delay"/>. False when the queue is closed and empty.
    /// </summary>
    public bool TryTake(List<T> batch, int most, TimeSpan delay)
    {
        batch.Clear();
        lock (_lock)
        {
            while (true)
            {
                while (_entries.Count == 0)
                {
                    if (_closed) return false;
                    Monitor.Wait(_lock);
                }
                if (_entries.Count >= most || _closed) break;
                var left = delay - time.GetElapsedTime(_entries.Peek().Arrived);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lock, left)) break;
            }
            while (batch.Count < most && _entries.TryDequeue(out var next)) batch.Add(next.Entry);
            return true;
        }
    }
}
