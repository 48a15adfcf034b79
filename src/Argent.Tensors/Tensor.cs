using System.Runtime.CompilerServices;

namespace Argent.Tensors;

/// <summary>
/// Contiguous row-major values of one element type: a view of a <see cref="Storage"/>. A value type, so that a forward
/// pass creates views without allocating. Element offsets are 64-bit; only rows and small tensors become spans.
/// </summary>
/// <typeparam name="T">A .NET type of an <see cref="ElementType"/>.</typeparam>
public readonly unsafe struct Tensor<T> where T : unmanaged
{
    /// <summary>A view of <paramref name="storage"/> starting at <paramref name="byteOffset"/>.</summary>
    /// <exception cref="ArgumentException">The view leaves the storage.</exception>
    public Tensor(Storage storage, long byteOffset, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (byteOffset < 0 || byteOffset + checked(shape.Count * sizeof(T)) > storage.ByteLength)
        {
            throw new ArgumentException(
                $"{shape} of {typeof(T).Name} at byte {byteOffset} does not fit a storage of {storage.ByteLength} bytes.");
        }
        (Storage, ByteOffset, Shape) = (storage, byteOffset, shape);
    }

    /// <summary>What the values live in; null for the default value (no tensor).</summary>
    public Storage Storage { get; }

    /// <summary>Where in the storage the first element is.</summary>
    public long ByteOffset { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>False for the default value: an optional tensor that was not given.</summary>
    public bool IsPresent => Storage is not null;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Bytes of all elements.</summary>
    public long ByteLength => Shape.Count * sizeof(T);

    /// <summary>Address of the first element. The caller keeps the storage alive.</summary>
    public T* Pointer => Storage is null ? null : (T*)(Storage.Pointer + ByteOffset);

    /// <summary>Element at a flat 64-bit index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the tensor.</exception>
    public ref T this[long index]
    {
        get
        {
            if ((ulong)index >= (ulong)Count) Throw(index);
            return ref Pointer[index];
        }
    }

    /// <summary>All elements as a span.</summary>
    /// <exception cref="OverflowException">More than 2^31 - 1 elements: use <see cref="Row"/>.</exception>
    public Span<T> Span => new(Pointer, checked((int)Count));

    /// <summary>Step <paramref name="index"/> of the outermost dimension as a span.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside the tensor.</exception>
    public Span<T> Row(long index)
    {
        if ((ulong)index >= (ulong)(Shape.Rank == 0 ? 0 : Shape[0])) Throw(index);
        return new(Pointer + index * Shape.RowCount, checked((int)Shape.RowCount));
    }

    /// <summary>Rows [start, start + count) of the outermost dimension; shares the values.</summary>
    /// <exception cref="ArgumentException">The rows are outside the tensor.</exception>
    public Tensor<T> Rows(long start, long count)
    {
        if (start < 0 || count < 0 || start + count > Shape[0])
        {
            throw new ArgumentException($"Rows {start} to {start + count} are outside {Shape}.");
        }
        return new Tensor<T>(Storage, ByteOffset + start * Shape.RowCount * sizeof(T), Shape.WithOuter(count));
    }

    /// <summary>The same values with another shape of the same count.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Tensor<T> Reshape(Shape shape) => shape.Count == Count
        ? new Tensor<T>(Storage, ByteOffset, shape)
        : throw new ArgumentException($"{Shape} has {Count} elements and cannot become {shape} with {shape.Count}.");

    /// <summary>Copies all elements from <paramref name="source"/>, which has the same count.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public void CopyFrom(in Tensor<T> source)
    {
        if (source.Count != Count) throw new ArgumentException($"{source.Shape} cannot be copied into {Shape}.");
        Buffer.MemoryCopy(source.Pointer, Pointer, ByteLength, ByteLength);
    }

    /// <summary>Copies all elements from a span of the same count.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public void CopyFrom(ReadOnlySpan<T> source)
    {
        if (source.Length != Count) throw new ArgumentException($"{source.Length} values cannot be copied into {Shape}.");
        source.CopyTo(Span);
    }

    /// <summary>Sets every byte to zero.</summary>
    public void Clear() => System.Runtime.InteropServices.NativeMemory.Clear(Pointer, (nuint)ByteLength);

    /// <summary>All elements in an array of their own.</summary>
    public T[] ToArray() => Span.ToArray();

    /// <summary>For example <c>Single[16, 128]</c>.</summary>
    public override string ToString() => IsPresent ? typeof(T).Name + Shape : "no tensor";

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Throw(long index) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The index is outside a tensor of {Shape}.");
}

/// <summary>Makes tensors with memory of their own.</summary>
public static class Tensor
{
    /// <summary>A zeroed tensor on the heap.</summary>
    public static Tensor<T> Zeros<T>(Shape shape) where T : unmanaged
    {
        long bytes = checked(shape.Count * Unsafe.SizeOf<T>());
        return new Tensor<T>(new HeapStorage(bytes), 0, shape);
    }

    /// <summary>A tensor on the heap with a copy of <paramref name="values"/>.</summary>
    public static Tensor<T> From<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
    {
        var tensor = Zeros<T>(shape);
        tensor.CopyFrom(values);
        return tensor;
    }

    /// <summary>A one-dimensional tensor on the heap with a copy of <paramref name="values"/>.</summary>
    public static Tensor<T> From<T>(params ReadOnlySpan<T> values) where T : unmanaged => From(values, new Shape(values.Length));
}
