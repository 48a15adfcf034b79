namespace Argent.Tensors;

/// <summary>
/// A queue of a GPU's work: copies, kernels and graphs run one after the other, beside the work of other streams. Calls
/// return before the work is done; <see cref="Synchronize"/> waits. Any thread may use it, one at a time.
/// </summary>
public sealed unsafe partial class CudaStream : IDisposable
{
    // CU_STREAM_NON_BLOCKING: nothing waits for the default stream, which nobody here uses.
    const uint NonBlocking = 1;

    // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: another thread may allocate or free meanwhile.
    const int ThreadLocal = 1;

    readonly CudaHandle _handle;

    internal CudaStream(CudaDevice device)
    {
        Device = device;
        var api = device.Context.Use();
        nint handle;
        api.Check(api.StreamCreate(&handle, NonBlocking), "cuStreamCreate", $"{device.Device}");
        _handle = new CudaHandle(device.Context, handle, api.StreamDestroy);
    }

    /// <summary>Whose work it queues.</summary>
    public CudaDevice Device { get; }

    internal nint Handle => _handle.Value;

    /// <summary>True when all work is done.</summary>
    /// <exception cref="CudaException">Work failed.</exception>
    public bool IsIdle
    {
        get
        {
            var api = Device.Context.Use();
            int code = api.StreamQuery(Handle);
            if (code == CudaResult.NotReady) return false;
            api.Check(code, "cuStreamQuery");
            return true;
        }
    }

    /// <summary>Waits until all work is done.</summary>
    /// <exception cref="CudaException">Work failed: the failure of a kernel is told here, not where it was launched.</exception>
    public void Synchronize()
    {
        var api = Device.Context.Use();
        api.Check(api.StreamSynchronize(Handle), "cuStreamSynchronize", $"{Device.Device}");
    }

    /// <summary>Marks this point of the stream.</summary>
    public void Record(CudaEvent point)
    {
        ArgumentNullException.ThrowIfNull(point);
        var api = Device.Context.Use();
        api.Check(api.EventRecord(point.Handle, Handle), "cuEventRecord");
    }

    /// <summary>Lets what comes now wait until another stream has passed <paramref name="point"/>, of this device or another.</summary>
    public void Wait(CudaEvent point)
    {
        ArgumentNullException.ThrowIfNull(point);
        var api = Device.Context.Use();
        api.Check(api.StreamWaitEvent(Handle, point.Handle, 0), "cuStreamWaitEvent");
    }

    /// <summary>
    /// Records what <paramref name="work"/> queues here as a graph instead of running it. Addresses and parameters are those
    /// of now: a launch repeats them, so the memory must outlive the graph. Work must not wait for the stream.
    /// </summary>
    /// <exception cref="CudaException">The work holds a call that cannot be recorded.</exception>
    public CudaGraph Capture(Action<CudaStream> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var api = Device.Context.Use();
        api.Check(api.StreamBeginCapture(Handle, ThreadLocal), "cuStreamBeginCapture_v2");
        nint graph = 0;
        try
        {
            work(this);
        }
        catch
        {
            // The stream leaves the capture whatever happens; what the work threw says more than how the capture ends.
            _ = Device.Context.Use().StreamEndCapture(Handle, &graph);
            if (graph != 0) _ = api.GraphDestroy(graph);
            throw;
        }
        api = Device.Context.Use();
        api.Check(api.StreamEndCapture(Handle, &graph), "cuStreamEndCapture");
        return new CudaGraph(Device, graph);
    }

    /// <summary>Queues everything that a graph recorded.</summary>
    public void Launch(CudaGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var api = Device.Context.Use();
        api.Check(api.GraphLaunch(graph.Handle, Handle), "cuGraphLaunch", $"{Device.Device}");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
