namespace Argent.Tensors;

public sealed unsafe partial class CudaStream
{
    /// <summary>
    /// Queues a copy from the host. The source must stay as it is until the stream has passed; the copy runs beside the
    /// processor's work where the source lies in <see cref="PinnedMemory"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The counts differ, or the target is on another device.</exception>
    public void Upload<T>(in Tensor<T> source, in DeviceTensor<T> target) where T : unmanaged
    {
        CheckCopy(source.Count, source.Shape, target.Count, target.Shape);
        CheckHere(target.Memory);
        Upload(source.Pointer, target.Address, target.ByteLength);
    }

    /// <summary>Queues a copy to the host. The target holds the values once the stream has passed.</summary>
    /// <exception cref="ArgumentException">The counts differ, or the source is on another device.</exception>
    public void Download<T>(in DeviceTensor<T> source, in Tensor<T> target) where T : unmanaged
    {
        CheckCopy(source.Count, source.Shape, target.Count, target.Shape);
        CheckHere(source.Memory);
        Download(source.Address, target.Pointer, source.ByteLength);
    }

    /// <summary>Queues a copy between device memories, of one device or of two.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public void Copy<T>(in DeviceTensor<T> source, in DeviceTensor<T> target) where T : unmanaged
    {
        CheckCopy(source.Count, source.Shape, target.Count, target.Shape);
        nuint bytes = (nuint)source.ByteLength;
        if (bytes == 0) return;
        ulong from = source.Address, to = target.Address;
        var api = Device.Context.Use();
        nint fromContext = source.Memory.Device!.Context.Value, toContext = target.Memory.Device!.Context.Value;
        if (fromContext == toContext)
        {
            api.Check(api.CopyDeviceToDevice(to, from, bytes, Handle), "cuMemcpyDtoDAsync_v2", $"0x{from:x} to 0x{to:x}, {bytes} bytes");
            return;
        }
        api.Check(
            api.CopyPeer(to, toContext, from, fromContext, bytes, Handle), "cuMemcpyPeerAsync",
            $"0x{from:x} of {source.Memory.Device.Device} to 0x{to:x} of {target.Memory.Device.Device}, {bytes} bytes");
    }

    /// <summary>Queues zeros.</summary>
    /// <exception cref="ArgumentException">The target is on another device.</exception>
    public void Clear<T>(in DeviceTensor<T> target) where T : unmanaged => Fill(target, 0);

    /// <summary>Queues <paramref name="value"/> into every byte.</summary>
    /// <exception cref="ArgumentException">The target is on another device.</exception>
    public void Fill<T>(in DeviceTensor<T> target, byte value) where T : unmanaged
    {
        nuint bytes = (nuint)target.ByteLength;
        if (bytes == 0) return;
        CheckHere(target.Memory);
        ulong to = target.Address;
        var api = Device.Context.Use();
        api.Check(api.SetBytes(to, value, bytes, Handle), "cuMemsetD8Async", $"0x{to:x}, {bytes} bytes, value {value}");
    }

    /// <summary>Copies from the host and waits for it: for loading and for tests.</summary>
    /// <exception cref="ArgumentException">The counts differ, or the target is on another device.</exception>
    public void UploadNow<T>(ReadOnlySpan<T> source, in DeviceTensor<T> target) where T : unmanaged
    {
        CheckCopy(source.Length, new Shape(source.Length), target.Count, target.Shape);
        CheckHere(target.Memory);
        fixed (T* from = source)
        {
            Upload(from, target.Address, target.ByteLength);
            Synchronize();
        }
    }

    /// <summary>Copies to the host and waits for it: for tests and for small results.</summary>
    /// <exception cref="ArgumentException">The counts differ, or the source is on another device.</exception>
    public void DownloadNow<T>(in DeviceTensor<T> source, Span<T> target) where T : unmanaged
    {
        CheckCopy(source.Count, source.Shape, target.Length, new Shape(target.Length));
        CheckHere(source.Memory);
        fixed (T* to = target)
        {
            Download(source.Address, to, source.ByteLength);
            Synchronize();
        }
    }

    void Upload(void* source, ulong target, long length)
    {
        nuint bytes = (nuint)length;
        if (bytes == 0) return;
        var api = Device.Context.Use();
        api.Check(api.CopyHostToDevice(target, source, bytes, Handle), "cuMemcpyHtoDAsync_v2", $"to 0x{target:x}, {bytes} bytes");
    }

    void Download(ulong source, void* target, long length)
    {
        nuint bytes = (nuint)length;
        if (bytes == 0) return;
        var api = Device.Context.Use();
        api.Check(api.CopyDeviceToHost(target, source, bytes, Handle), "cuMemcpyDtoHAsync_v2", $"from 0x{source:x}, {bytes} bytes");
    }

    void CheckHere(DeviceMemory? memory)
    {
        if (memory is { Device: { } device } && device.Context.Value != Device.Context.Value)
        {
            throw new ArgumentException($"Memory of {device.Device} is used in a stream of {Device.Device}.");
        }
    }

    static void CheckCopy(long sourceCount, Shape source, long targetCount, Shape target)
    {
        if (sourceCount != targetCount) throw new ArgumentException($"{source} cannot be copied into {target}.");
    }
}
