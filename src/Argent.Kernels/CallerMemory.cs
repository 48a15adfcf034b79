using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Working memory of the operation that a thread is calling: one block per calling thread, kept between calls, so that a
/// steady state allocates nothing. Contents are undefined.
/// </summary>
static unsafe class CallerMemory
{
    [ThreadStatic]
    static HeapStorage? t_block;

    /// <summary>At least <paramref name="bytes"/>, aligned to a cache line, valid until the thread rents again.</summary>
    public static byte* Rent(long bytes)
    {
        if (t_block is null || t_block.ByteLength < bytes)
        {
            t_block?.Dispose();
            t_block = null;
            t_block = new HeapStorage(bytes);
        }
        return t_block.Pointer;
    }
}
