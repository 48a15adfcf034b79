using System.Runtime.InteropServices;

namespace Argent.Bench;

/// <summary>Runs work on a thread that stays on one processor, as the rivals' single threads do.</summary>
static unsafe partial class PinnedThread
{
    // A set of 1,024 processors, the kernel's own size of a set.
    const int MaskWords = 16;

    /// <summary>Runs <paramref name="work"/> to its end. Threads that it starts inherit the processor.</summary>
    /// <param name="processor">Number of the processor; where the system does not allow it, the thread is free.</param>
    /// <param name="work">What to do; what it throws is thrown again.</param>
    public static void Run(int processor, Action work)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            Pin(processor);
            try
            {
                work();
            }
            catch (Exception e)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
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
