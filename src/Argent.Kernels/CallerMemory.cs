using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Working memory of the operation that a thread is calling: one block per calling thread, kept between calls, so that a
/// steady state allocates nothing. Contents are undefined.
/// </summary>
static unsafe class CallerMemory
{
    [ThreadStatic]
    static HeapStorage? _block;

    /// <summary>At least <paramref name="bytes"/>, aligned to a cache line, valid until the thread rents again.</summary>
    public static byte* Rent(long bytes)
    {
        if (_block is null || _block.ByteLength < bytes)
        {
            _block?.Dispose();
            _block = null;
            _block = new HeapStorage(bytes);
        }
        return _block.Pointer;
    }
}
