using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>A piece of work that is split into numbered chunks; chunks write to different places.</summary>
public interface IChunkedWork
{
    /// <summary>Does chunk <paramref name="chunk"/>. May run on any thread, in any order.</summary>
    void Run(int chunk);
}

/// <summary>
/// A fixed crew of threads. Work is cut into chunks whose bounds do not depend on the number of threads, so results do
/// not either. The caller works too; nothing is allocated per run.
/// </summary>
/// <remarks>
/// A thread that has nothing to do looks for work for <see cref="SpinMicroseconds"/> before it sleeps: one search is
/// several runs a few microseconds apart, and waking a thread takes as long as a tenth of a search.
/// </remarks>
public sealed unsafe class Workers : IDisposable
{
    const int SpinMicroseconds = 40;

    // Looks between two readings of the clock.
    const int SpinLooks = 16;

    static readonly long _spinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;

    readonly Thread[] _threads;
    readonly SemaphoreSlim _start = new(0);
    readonly ManualResetEventSlim _done = new(false);
    readonly Lock _one = new();
    delegate*<void*, int, void> _run;
    void* _work;
    int _chunks;

    // Chunks that are not yet done.
    int _pending;

    // Upper half: number of the run. Lower half: chunks that nobody has taken. Whoever takes one holds the run open until
    // the chunk is done, so what the run's fields say cannot change meanwhile.
    long _ticket;

    // Threads that sleep, or are about to, and have not been promised a wake-up.
    int _asleep;
    volatile Exception? _failure;
    volatile bool _stopping;

    /// <summary>A crew of <paramref name="count"/> threads, the caller included; 0 means one per processor.</summary>
    public Workers(int count = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count == 0 ? Environment.ProcessorCount : count;
        _threads = new Thread[Count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = "argent-worker-" + i };
            _threads[i].Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs chunks 0 to <paramref name="chunks"/> - 1 and returns when all are done.</summary>
    /// <remarks>Called from several threads, the runs follow one another. A chunk must not start another run.</remarks>
    /// <exception cref="AggregateException">A chunk failed; others may not have run.</exception>
    public void Run<TWork>(ref TWork work, int chunks) where TWork : unmanaged, IChunkedWork
    {
        if (chunks <= 0) return;
        if (chunks == 1 || Count == 1)
        {
            for (int i = 0; i < chunks; i++) work.Run(i);
            return;
        }
        lock (_one)
        {
            fixed (TWork* pointer = &work)
            {
                RunShared(pointer, &RunChunk<TWork>, chunks);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        if (_threads.Length > 0) _start.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    static void RunChunk<TWork>(void* work, int chunk) where TWork : unmanaged, IChunkedWork =>
        Unsafe.AsRef<TWork>(work).Run(chunk);

    void RunShared(void* work, delegate*<void*, int, void> run, int chunks)
    {
        _work = work;
        _run = run;
        (_chunks, _pending, _failure) = (chunks, chunks, null);
        _done.Reset();
        // Everything above is visible to whoever sees the ticket.
        Interlocked.Exchange(ref _ticket, (((_ticket >> 32) + 1) << 32) | (uint)chunks);
        Wake(chunks - 1);
        Work();
        _done.Wait();
        if (_failure is { } failure) throw new AggregateException(failure);
    }

    /// <summary>Promises a wake-up to as many sleepers as can be of use.</summary>
    void Wake(int most)
    {
        int asleep = Volatile.Read(ref _asleep);
        while (asleep > 0)
        {
            int woken = Math.Min(asleep, most), seen = Interlocked.CompareExchange(ref _asleep, asleep - woken, asleep);
            if (seen == asleep)
            {
                _start.Release(woken);
                return;
            }
            asleep = seen;
        }
    }

    /// <summary>Takes chunks until there are none.</summary>
    void Work()
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int left = (int)ticket;
            if (left == 0) return;
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) != ticket) continue;
            try
            {
                // After a failure the other chunks are only counted.
                if (_failure is null) _run(_work, _chunks - left);
            }
            catch (Exception e)
            {
                _failure = e;
            }
            if (Interlocked.Decrement(ref _pending) == 0) _done.Set();
        }
    }

    void Loop()
    {
        while (!_stopping)
        {
            if (!LookForWork()) SleepUnlessThereIsWork();
            Work();
        }
    }

    /// <summary>Whether work appears within the time that looking is worth.</summary>
    bool LookForWork()
    {
        long until = Stopwatch.GetTimestamp() + _spinTicks;
        do
        {
            for (int look = 0; look < SpinLooks; look++)
            {
                if ((int)Volatile.Read(ref _ticket) != 0 || _stopping) return true;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() < until);
        return false;
    }

    /// <summary>Sleeps until it is woken, unless work came just before.</summary>
    void SleepUnlessThereIsWork()
    {
        Interlocked.Increment(ref _asleep);
        if ((int)Volatile.Read(ref _ticket) != 0)
        {
            // Takes itself back, unless a wake-up was promised already, which must then be received.
            for (int asleep = Volatile.Read(ref _asleep); asleep > 0; asleep = Volatile.Read(ref _asleep))
            {
                if (Interlocked.CompareExchange(ref _asleep, asleep - 1, asleep) == asleep) return;
            }
        }
        _start.Wait();
    }
}
