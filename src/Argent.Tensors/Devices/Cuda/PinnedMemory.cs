namespace Argent.Tensors;

/// <summary>
/// Main memory that the system never moves out, so that copies between it and a GPU run while the processor does other
/// things. It is host memory: tensors over it are ordinary ones. Not zeroed.
/// </summary>
public sealed unsafe class PinnedMemory : Storage
{
    // CU_MEMHOSTALLOC_PORTABLE: pinned for every device, as a request may be answered by any shard.
    const uint Portable = 1;

    readonly CudaHandle _handle;

    internal PinnedMemory(CudaDevice device, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ByteLength = bytes;
        nuint asked = (nuint)Math.Max(bytes, Alignment);
        var api = device.Context.Use();
        nint address;
        api.Check(api.HostAllocate(&address, asked, Portable), "cuMemHostAlloc", $"{asked} bytes");
        _handle = new CudaHandle(device.Context, address, api.HostFree);
        Pointer = (byte*)address;
    }

    /// <summary>A tensor over the bytes from <paramref name="byteOffset"/> on.</summary>
    /// <exception cref="ArgumentException">The view leaves the memory.</exception>
    public Tensor<T> View<T>(long byteOffset, Shape shape) where T : unmanaged => new(this, byteOffset, shape);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Pointer = null;
        _handle.Dispose();
    }
}
