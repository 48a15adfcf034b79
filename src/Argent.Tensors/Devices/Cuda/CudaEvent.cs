namespace Argent.Tensors;

/// <summary>A point in a stream: reached when everything before it is done.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    // CU_EVENT_DISABLE_TIMING
    const uint WithoutTime = 2;

    readonly CudaHandle _handle;

    internal CudaEvent(CudaDevice device, bool isTimed)
    {
        var api = device.Context.Use();
        nint handle;
        api.Check(api.EventCreate(&handle, isTimed ? 0 : WithoutTime), "cuEventCreate", $"{device.Device}, timed {isTimed}");
        _handle = new CudaHandle(device.Context, handle, api.EventDestroy);
    }

    internal nint Handle => _handle.Value;

    /// <summary>True when the stream has passed the point, or none was marked.</summary>
    /// <exception cref="CudaException">Work before it failed.</exception>
    public bool IsReached
    {
        get
        {
            var api = _handle.Context.Use();
            int code = api.EventQuery(Handle);
            if (code == CudaResult.NotReady) return false;
            api.Check(code, "cuEventQuery");
            return true;
        }
    }

    /// <summary>Waits until the stream has passed the point.</summary>
    /// <exception cref="CudaException">Work before it failed.</exception>
    public void Synchronize()
    {
        var api = _handle.Context.Use();
        api.Check(api.EventSynchronize(Handle), "cuEventSynchronize");
    }

    /// <summary>Milliseconds of the device between <paramref name="start"/> and this point; both timed and reached.</summary>
    /// <exception cref="CudaException">One of them is not timed, not marked or not reached.</exception>
    public float MillisecondsSince(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var api = _handle.Context.Use();
        float milliseconds;
        api.Check(api.EventElapsedTime(&milliseconds, start.Handle, Handle), "cuEventElapsedTime");
        return milliseconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
