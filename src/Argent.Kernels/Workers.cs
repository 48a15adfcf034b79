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
public sealed unsafe class Workers : IDisposable
{
    readonly Thread[] _threads;
    readonly SemaphoreSlim _start = new(0);
    readonly CountdownEvent _done = new(1);
    readonly Lock _one = new();
    delegate*<void*, int, void> _run;
    void* _work;
    int _chunks;
    int _next;
    Exception? _failure;
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
        int helpers = Math.Min(_threads.Length, chunks - 1);
        _work = work;
        _run = run;
        (_chunks, _next, _failure) = (chunks, 0, null);
        _done.Reset(helpers + 1);
        _start.Release(helpers);
        Work();
        _done.Signal();
        _done.Wait();
        if (_failure is { } failure) throw new AggregateException(failure);
    }

    void Work()
    {
        try
        {
            for (int i = Interlocked.Increment(ref _next) - 1; i < _chunks; i = Interlocked.Increment(ref _next) - 1)
            {
                _run(_work, i);
            }
        }
        catch (Exception e)
        {
            _failure = e;
            Interlocked.Exchange(ref _next, _chunks);
        }
    }

    void Loop()
    {
        while (true)
        {
            _start.Wait();
            if (_stopping) return;
            Work();
            _done.Signal();
        }
    }
}
