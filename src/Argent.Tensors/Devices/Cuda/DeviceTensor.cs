namespace Argent.Tensors;

/// <summary>
/// Contiguous row-major values in a GPU's memory: a view of a <see cref="DeviceMemory"/>. It is not a
/// <see cref="Tensor{T}"/>, so that no code of the host can be given it by mistake; values come and go by copies on a
/// <see cref="CudaStream"/>.
/// </summary>
/// <typeparam name="T">The element's .NET type; a kernel reads it as it lies in memory.</typeparam>
public readonly unsafe struct DeviceTensor<T> where T : unmanaged
{
    /// <summary>A view of <paramref name="memory"/> starting at <paramref name="byteOffset"/>.</summary>
    /// <exception cref="ArgumentException">The view leaves the memory.</exception>
    public DeviceTensor(DeviceMemory memory, long byteOffset, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (byteOffset < 0 || checked(shape.Count * sizeof(T)) > memory.ByteLength - byteOffset)
        {
            throw new ArgumentException(
                $"{shape} of {typeof(T).Name} at byte {byteOffset} does not fit device memory of {memory.ByteLength} bytes.");
        }
        (Memory, ByteOffset, Shape) = (memory, byteOffset, shape);
    }

    /// <summary>What the values live in; null for the default value (no tensor).</summary>
    public DeviceMemory Memory { get; }

    /// <summary>Where in the memory the first element is.</summary>
    public long ByteOffset { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>False for the default value: an optional tensor that was not given.</summary>
    public bool IsPresent => Memory is not null;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Bytes of all elements.</summary>
    public long ByteLength => Shape.Count * sizeof(T);

    /// <summary>Address of the first element in the device's memory, for a kernel's parameters; 0 for no tensor.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    /// <exception cref="InvalidOperationException">The memory is only planned.</exception>
    public ulong Address => Memory is null ? 0 : Memory.Address + (ulong)ByteOffset;

    /// <summary>Rows [start, start + count) of the outermost dimension; shares the values.</summary>
    /// <exception cref="ArgumentException">The rows are outside the tensor.</exception>
    public DeviceTensor<T> Rows(long start, long count)
    {
        if (start < 0 || count < 0 || start + count > Shape[0])
        {
            throw new ArgumentException($"Rows {start} to {start + count} are outside {Shape}.");
        }
        return new DeviceTensor<T>(Memory, ByteOffset + start * Shape.RowCount * sizeof(T), Shape.WithOuter(count));
    }

    /// <summary>The same values with another shape of the same count.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public DeviceTensor<T> Reshape(Shape shape) => shape.Count == Count
        ? new DeviceTensor<T>(Memory, ByteOffset, shape)
        : throw new ArgumentException($"{Shape} has {Count} elements and cannot become {shape} with {shape.Count}.");

    /// <summary>The same bytes as elements of another type.</summary>
    /// <exception cref="ArgumentException">The shape holds another number of bytes.</exception>
    public DeviceTensor<TOther> As<TOther>(Shape shape) where TOther : unmanaged => shape.Count * sizeof(TOther) == ByteLength
        ? new DeviceTensor<TOther>(Memory, ByteOffset, shape)
        : throw new ArgumentException($"{this} has {ByteLength} bytes and cannot become {typeof(TOther).Name}{shape}.");

    /// <summary>For example <c>Single[16, 128]</c>.</summary>
    public override string ToString() => IsPresent ? typeof(T).Name + Shape : "no tensor";
}
