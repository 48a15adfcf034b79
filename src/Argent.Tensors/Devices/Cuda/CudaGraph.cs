namespace Argent.Tensors;

/// <summary>Recorded work of a stream that one call queues again: <see cref="CudaStream.Capture"/> makes it.</summary>
public sealed unsafe class CudaGraph : IDisposable
{
    readonly CudaHandle _handle;

    /// <summary>Makes a recorded graph ready to be launched; the recording is freed.</summary>
    internal CudaGraph(CudaDevice device, nint recorded)
    {
        var api = device.Context.Use();
        nint ready;
        int code = api.GraphInstantiate(&ready, recorded, 0);
        _ = api.GraphDestroy(recorded);
        api.Check(code, "cuGraphInstantiateWithFlags");
        _handle = new CudaHandle(device.Context, ready, api.GraphExecDestroy);
    }

    internal nint Handle => _handle.Value;

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
