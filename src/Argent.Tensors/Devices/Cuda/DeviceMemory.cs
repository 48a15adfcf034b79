using System.Globalization;

namespace Argent.Tensors;

/// <summary>
/// A GPU's memory in one allocation, handed out from its start as tensors: made when a model is loaded, never grown. Code
/// that rents can run first over <see cref="Planned"/> memory, which only counts; the count is what is then allocated.
/// Contents are not zeroed: whoever rents, writes. One thread rents at a time.
/// </summary>
public sealed unsafe class DeviceMemory : IDisposable
{
    /// <summary>Every rented tensor starts at a multiple of this many bytes, as the driver's own allocations do.</summary>
    public const int Alignment = 256;

    readonly CudaHandle? _handle;

    internal DeviceMemory(CudaDevice device, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        (Device, ByteLength) = (device, bytes);
        // The driver refuses an allocation of nothing; an empty catalogue has one.
        nuint asked = (nuint)Math.Max(bytes, Alignment);
        var api = device.Context.Use();
        ulong address;
        api.Check(api.MemoryAllocate(&address, asked), "cuMemAlloc_v2", $"{asked} bytes on {device.Device}");
        _handle = new CudaHandle(device.Context, (nint)address, api.MemoryFree);
    }

    DeviceMemory() => ByteLength = long.MaxValue;

    /// <summary>Where the memory is; null for planned memory.</summary>
    public CudaDevice? Device { get; }

    /// <summary>Bytes that can be rented.</summary>
    public long ByteLength { get; }

    /// <summary>Bytes rented now, with what lies between tensors.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The most bytes that were ever rented at once.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Memory without bytes and without an end: tensors over it have shapes, but no address.</summary>
    public static DeviceMemory Planned() => new();

    /// <summary>
    /// A tensor with undefined contents, valid until <see cref="Reset"/> or a <see cref="Release(DeviceMark)"/> to an
    /// earlier mark.
    /// </summary>
    /// <exception cref="InvalidOperationException">The memory is used up: it was planned too small.</exception>
    public DeviceTensor<T> Rent<T>(Shape shape) where T : unmanaged
    {
        long start = checked(UsedBytes + Alignment - 1) & ~(long)(Alignment - 1);
        long bytes = checked(shape.Count * sizeof(T));
        if (bytes > ByteLength - start) ThrowFull(Math.Max(0, ByteLength - start), bytes);
        var tensor = new DeviceTensor<T>(this, start, shape);
        UsedBytes = start + bytes;
        PeakBytes = Math.Max(PeakBytes, UsedBytes);
        return tensor;
    }

    /// <summary>Remembers how much is rented.</summary>
    public DeviceMark Mark() => new(UsedBytes);

    /// <summary>Gives back everything rented since <paramref name="mark"/>.</summary>
    public void Release(DeviceMark mark) => UsedBytes = mark.UsedBytes;

    /// <summary>Gives back everything.</summary>
    public void Reset() => UsedBytes = 0;

    /// <summary>Frees the memory when the work that is under way has ended. No tensor over it may be used afterwards.</summary>
    public void Dispose() => _handle?.Dispose();

    /// <summary>Address of the first byte.</summary>
    internal ulong Address => _handle is { } handle
        ? (ulong)handle.Value
        : throw new InvalidOperationException("Planned device memory has no address: it only counts what will be rented.");

    void ThrowFull(long left, long bytes) => throw new InvalidOperationException(string.Create(
        CultureInfo.InvariantCulture,
        $"Device memory of {ByteLength} bytes has {left} left, and {bytes} are asked for: it was planned too small."));
}

/// <summary>A position in a <see cref="DeviceMemory"/>.</summary>
public readonly record struct DeviceMark(long UsedBytes);
