using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Native working memory of the current thread. It grows and is kept, so that a steady state allocates nothing; it is
/// freed after its thread has ended. What is rented is valid until the same place is rented again on this thread.
/// </summary>
sealed unsafe class ThreadMemory
{
    const int Alignment = 64;

    [ThreadStatic]
    static ThreadMemory? _ofCaller;

    [ThreadStatic]
    static ThreadMemory? _ofChunk;

    byte* _bytes;
    long _length;

    ThreadMemory() { }

    ~ThreadMemory() => NativeMemory.AlignedFree(_bytes);

    /// <summary>Memory for an operation's caller: lives while its chunks run. Contents are undefined.</summary>
    public static byte* ForCaller(long bytes) => (_ofCaller ??= new()).Rent(bytes);

    /// <summary>Memory for one chunk. Contents are undefined.</summary>
    public static byte* ForChunk(long bytes) => (_ofChunk ??= new()).Rent(bytes);

    /// <summary>Rounds up to whole cache lines, so that parts of one rented run stay aligned.</summary>
    public static long Aligned(long bytes) => (bytes + Alignment - 1) & ~(long)(Alignment - 1);

    byte* Rent(long bytes)
    {
        if (bytes <= _length) return _bytes;
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
        _length = 0;
        // Half as much again, so that slowly growing requests settle quickly.
        long length = Aligned(bytes + bytes / 2);
        nuint alignment = length >= LargePages.LengthMin ? (nuint)LargePages.PageBytes : Alignment;
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)length, alignment);
        LargePages.Ask(_bytes, length);
        _length = length;
        return _bytes;
    }
}
