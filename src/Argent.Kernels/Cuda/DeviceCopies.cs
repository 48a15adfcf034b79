using System.Globalization;
using System.Runtime.CompilerServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Copies of host tensors that stay on a device: one allocation, found by the storage and place of the host's tensor.</summary>
sealed class DeviceCopies : IDisposable
{
    // Left for others when the copies are made: the driver itself, and what kernels spill.
    const long ReserveBytes = 64 << 20;

    readonly DeviceMemory _memory;
    readonly Dictionary<(Storage, long Offset, ElementType Type), long> _places = [];
    readonly ConditionalWeakTable<Storage, DeviceCopies> _registry;
    readonly HashSet<Storage> _storages = [];

    DeviceCopies(DeviceMemory memory, ConditionalWeakTable<Storage, DeviceCopies> registry) => (_memory, _registry) = (memory, registry);

    /// <summary>Copies tensors and registers them.</summary>
    /// <exception cref="InvalidOperationException">They do not fit.</exception>
    public static DeviceCopies Of(
        IReadOnlyList<AnyTensor> tensors, CudaStream stream, ConditionalWeakTable<Storage, DeviceCopies> registry)
    {
        long bytes = tensors.Sum(t => (t.ByteLength + DeviceMemory.Alignment - 1) / DeviceMemory.Alignment * DeviceMemory.Alignment);
        long free = stream.Device.FreeBytes;
        if (bytes + ReserveBytes > free)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The model takes {bytes:n0} bytes on {stream.Device.Device} and {ReserveBytes:n0} are left for the driver; "
                + $"{free:n0} are free. Serve it on a larger GPU or on the CPU."));
        }
        var copies = new DeviceCopies(stream.Device.Allocate(bytes), registry);
        try
        {
            foreach (var tensor in tensors) copies.Add(in tensor, stream);
            stream.Synchronize();
            foreach (var storage in copies._storages) registry.Add(storage, copies);
            return copies;
        }
        catch
        {
            copies._memory.Dispose();
            throw;
        }
    }

    /// <summary>The copy of a tensor, or of the tensor that it is the beginning of; no tensor where there is none.</summary>
    public DeviceTensor<T> Find<T>(in Tensor<T> tensor) where T : unmanaged =>
        _places.TryGetValue((tensor.Storage, tensor.ByteOffset, ElementTypes.Of<T>()), out long place)
            ? new DeviceTensor<T>(_memory, place, tensor.Shape)
            : default;

    /// <summary>Forgets the copies and frees their memory.</summary>
    public void Dispose()
    {
        foreach (var storage in _storages) _registry.Remove(storage);
        _memory.Dispose();
    }

    void Add(in AnyTensor tensor, CudaStream stream)
    {
        var source = new Tensor<byte>(tensor.Storage, tensor.ByteOffset, new Shape(tensor.ByteLength));
        var copy = _memory.Rent<byte>(source.Shape);
        stream.Upload(source, copy);
        _places[(tensor.Storage, tensor.ByteOffset, tensor.Type)] = copy.ByteOffset;
        _storages.Add(tensor.Storage);
    }
}
