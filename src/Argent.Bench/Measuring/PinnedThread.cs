using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Argent.Bench;

/// <summary>
/// A thread that stays on one processor, as the rivals' single threads do, and lives from round to round, so that its
/// memory stays warm.
/// </summary>
sealed unsafe partial class PinnedThread : IDisposable
{
    // A set of 1,024 processors, the kernel's own size of a set.
    const int MaskWords = 16;

    readonly Thread _thread;
    readonly SemaphoreSlim _start = new(0);
    readonly SemaphoreSlim _done = new(0);
    Action? _work;
    ExceptionDispatchInfo? _failure;

    /// <summary>Starts the thread. Threads that its work starts inherit the processor.</summary>
    /// <param name="processor">Number of the processor; where the system does not allow it, the thread is free.</param>
    public PinnedThread(int processor)
    {
        _thread = new Thread(() => Loop(processor)) { IsBackground = true, Name = "argent-bench" };
        _thread.Start();
    }

    /// <summary>Runs one work on a thread of its own.</summary>
    /// <param name="processor">Number of the processor.</param>
    /// <param name="work">What to do; what it throws is thrown again.</param>
    public static void Run(int processor, Action work)
    {
        using var thread = new PinnedThread(processor);
        thread.Run(work);
    }

    /// <summary>Runs <paramref name="work"/> to its end; what it throws is thrown again.</summary>
    public void Run(Action work)
    {
        (_work, _failure) = (work, null);
        _start.Release();
        _done.Wait();
        _failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_work is null && !_thread.IsAlive) return;
        _work = null;
        _start.Release();
        _thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    void Loop(int processor)
    {
        Pin(processor);
        while (true)
        {
            _start.Wait();
            if (_work is not { } work) return;
            try
            {
                work();
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
            _done.Release();
        }
    }

    static void Pin(int processor)
    {
        if (!OperatingSystem.IsLinux() || processor < 0 || processor >= MaskWords * 64) return;
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[processor / 64] = 1UL << (processor % 64);
        // Refused where processors are shared out by a container: the thread then stays free, which is no error.
        _ = SetAffinity(0, MaskWords * sizeof(ulong), mask);
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);
}
