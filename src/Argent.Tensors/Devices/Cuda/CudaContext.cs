using Microsoft.Win32.SafeHandles;

namespace Argent.Tensors;

/// <summary>
/// A device's primary context, retained. It must be current on the thread that calls the driver, and any thread may:
/// everything that calls makes it current first, which the driver does in nanoseconds.
/// </summary>
sealed unsafe class CudaContext : SafeHandleZeroOrMinusOneIsInvalid
{
    readonly int _device;

    /// <summary>Retains the primary context of a device.</summary>
    public CudaContext(CudaApi api, int device) : base(ownsHandle: true)
    {
        (Api, _device) = (api, device);
        nint context;
        api.Check(api.PrimaryContextRetain(&context, device), "cuDevicePrimaryCtxRetain", $"device {device}");
        SetHandle(context);
    }

    /// <summary>The driver.</summary>
    public CudaApi Api { get; }

    /// <summary>The context as the driver knows it.</summary>
    public nint Value => handle;

    /// <summary>Makes the context current on this thread.</summary>
    /// <exception cref="ObjectDisposedException">The device was given back.</exception>
    public CudaApi Use()
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(CudaDevice));
        Api.Check(Api.ContextSetCurrent(handle), "cuCtxSetCurrent", $"device {_device}");
        return Api;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Api.PrimaryContextRelease(_device) == CudaResult.Success;
}

/// <summary>
/// Something of the driver that is freed once, by whoever disposes it or by the finaliser, and always before its context:
/// it holds a reference to that.
/// </summary>
sealed unsafe class CudaHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    readonly CudaContext _context;
    readonly delegate* unmanaged<nint, int> _free;

    /// <summary>Owns <paramref name="value"/>, which <paramref name="free"/> frees.</summary>
    public CudaHandle(CudaContext context, nint value, delegate* unmanaged<nint, int> free) : base(ownsHandle: true)
    {
        _context = context;
        _free = free;
        bool isHeld = false;
        context.DangerousAddRef(ref isHeld);
        SetHandle(value);
    }

    /// <summary>The context that it belongs to.</summary>
    public CudaContext Context => _context;

    /// <summary>The handle or address.</summary>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public nint Value
    {
        get
        {
            if (IsClosed) throw new ObjectDisposedException(null, "Memory or an object of the GPU was used after it was freed.");
            return handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // A finaliser cannot report; after a lost device or at the process's end the driver has freed it already.
        bool isFreed = _context.Api.ContextSetCurrent(_context.Value) == CudaResult.Success && _free(handle) == CudaResult.Success;
        _context.DangerousRelease();
        return isFreed;
    }
}
