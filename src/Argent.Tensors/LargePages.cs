using System.Runtime.InteropServices;

namespace Argent.Tensors;

/// <summary>
/// Asks the system to back memory with 2 MiB pages. Lists lie anywhere in gigabytes of codes, so with pages of 4 KiB every
/// few rows wait for an address translation: a search of one query gains a sixth to a quarter; see docs/kernels.md.
/// </summary>
public static partial class LargePages
{
    /// <summary>Bytes of a large page: what profits starts at a multiple of it.</summary>
    public const int PageBytes = 2 << 20;

    /// <summary>Memory that is shorter than this gains nothing.</summary>
    public const long LengthMin = 2L * PageBytes;

    // MADV_HUGEPAGE of Linux.
    const int HugePage = 14;

    /// <summary>Asks for large pages. It is a wish: where it cannot be granted, nothing changes.</summary>
    public static unsafe void Ask(void* start, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < LengthMin) return;
        nuint first = ((nuint)start + PageBytes - 1) & ~(nuint)(PageBytes - 1);
        nuint end = ((nuint)start + (nuint)bytes) & ~(nuint)(PageBytes - 1);
        if (end > first) _ = Advise((void*)first, end - first, HugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* start, nuint bytes, int advice);
}
