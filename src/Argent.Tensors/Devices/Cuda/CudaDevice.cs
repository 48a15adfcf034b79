namespace Argent.Tensors;

/// <summary>A GPU that was taken: where memory, streams, events and modules are made. Any thread may use it.</summary>
public sealed unsafe class CudaDevice : IDisposable
{
    internal CudaDevice(CudaDriver driver, CudaContext context, CudaDeviceDescription description) =>
        (Driver, Context, Description) = (driver, context, description);

    internal CudaContext Context { get; }

    /// <summary>The driver that it was taken from.</summary>
    public CudaDriver Driver { get; }

    /// <summary>What it is.</summary>
    public CudaDeviceDescription Description { get; }

    /// <summary>Kind and number.</summary>
    public Device Device => Device.Cuda(Description.Ordinal);

    /// <summary>Bytes of memory that nobody uses at this moment.</summary>
    public long FreeBytes
    {
        get
        {
            var api = Context.Use();
            nuint free, total;
            api.Check(api.MemoryGetInfo(&free, &total), "cuMemGetInfo_v2");
            return (long)free;
        }
    }

    /// <summary>One allocation that tensors are views of.</summary>
    /// <exception cref="CudaException">The device has no room.</exception>
    public DeviceMemory Allocate(long bytes) => new(this, bytes);

    /// <summary>Main memory that copies run from and to without a stop.</summary>
    /// <exception cref="CudaException">The system refuses the memory.</exception>
    public PinnedMemory AllocatePinned(long bytes) => new(this, bytes);

    /// <summary>A queue of work that runs beside other streams.</summary>
    public CudaStream CreateStream() => new(this);

    /// <summary>A point in a stream.</summary>
    /// <param name="isTimed">Whether its time is kept, for <see cref="CudaEvent.MillisecondsSince"/>; one that is not is cheaper.</param>
    public CudaEvent CreateEvent(bool isTimed = false) => new(this, isTimed);

    /// <summary>Loads compiled kernels: a cubin, or PTX that the driver compiles.</summary>
    /// <param name="image">The file's bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="CudaException">The image is not for this device or damaged; the message has the driver's log.</exception>
    public CudaModule LoadModule(ReadOnlySpan<byte> image, string name) => new(this, image, name);

    /// <summary>Waits for all work on the device.</summary>
    /// <exception cref="CudaException">A kernel failed.</exception>
    public void Synchronize()
    {
        var api = Context.Use();
        api.Check(api.ContextSynchronize(), "cuCtxSynchronize");
    }

    /// <summary>Gives the device back once everything that was made on it is freed too.</summary>
    public void Dispose() => Context.Dispose();
}
