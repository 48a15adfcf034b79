using System.Globalization;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Host tensors with copies on a device: one allocation, found by the storage and place of the host's tensor.</summary>
/// <param name="tensors">The host's, which are the truth: they are copied again when the device was lost.</param>
/// <param name="forget">Called once, when nobody needs the copies any more.</param>
sealed class DeviceCopies(IReadOnlyList<AnyTensor> tensors, Action<DeviceCopies> forget) : IDisposable
{
    // Left for others when the copies are made: the driver itself, and what kernels spill.
    const long ReserveBytes = 64 << 20;

    readonly Dictionary<(Storage, long Offset, ElementType Type), long> _places = [];
    DeviceMemory? _memory;

    /// <summary>What the host's tensors live in.</summary>
    public IReadOnlySet<Storage> Storages { get; } = tensors.Select(t => t.Storage).ToHashSet();

    /// <summary>Makes the copies, and returns when they are there.</summary>
    /// <exception cref="InvalidOperationException">They do not fit.</exception>
    public void Load(CudaStream stream)
    {
        long bytes = tensors.Sum(t => (t.ByteLength + DeviceMemory.Alignment - 1) / DeviceMemory.Alignment * DeviceMemory.Alignment);
        long free = stream.Device.FreeBytes;
        if (bytes + ReserveBytes > free)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The model takes {bytes:n0} bytes on {stream.Device.Device}, {ReserveBytes:n0} are left for the driver, and "
                + $"{free:n0} are free. Serve it on a larger GPU or on the CPU."));
        }
        var memory = stream.Device.Allocate(bytes);
        try
        {
            foreach (var tensor in tensors)
            {
                var source = new Tensor<byte>(tensor.Storage, tensor.ByteOffset, new Shape(tensor.ByteLength));
                var copy = memory.Rent<byte>(source.Shape);
                stream.Upload(source, copy);
                _places[(tensor.Storage, tensor.ByteOffset, tensor.Type)] = copy.ByteOffset;
            }
            stream.Synchronize();
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        _memory = memory;
    }

    /// <summary>The copy of a tensor, or of the tensor that it is the beginning of; no tensor where there is none.</summary>
    public DeviceTensor<T> Find<T>(in Tensor<T> tensor) where T : unmanaged =>
        _memory is { } memory && _places.TryGetValue((tensor.Storage, tensor.ByteOffset, ElementTypes.Of<T>()), out long place)
            ? new DeviceTensor<T>(memory, place, tensor.Shape)
            : default;

    /// <summary>Frees the copies; <see cref="Load"/> makes them anew.</summary>
    public void Free()
    {
        _memory?.Dispose();
        _memory = null;
        _places.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => forget(this);
}
