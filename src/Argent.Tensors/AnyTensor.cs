namespace Argent.Tensors;

/// <summary>A tensor whose element type is known at run time only: what files hold.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Storage">What the values live in.</param>
/// <param name="ByteOffset">Where in the storage the first element is.</param>
public readonly record struct AnyTensor(ElementType Type, Shape Shape, Storage Storage, long ByteOffset)
{
    /// <summary>Bytes of all elements.</summary>
    public long ByteLength => Shape.Count * Type.SizeOf();

    /// <summary>First byte.</summary>
    public unsafe byte* Pointer => Storage.Pointer + ByteOffset;

    /// <summary>The same values as a typed tensor.</summary>
    /// <exception cref="InvalidDataException">The element type is another one.</exception>
    public Tensor<T> As<T>() where T : unmanaged => ElementTypes.Of<T>() == Type
        ? new Tensor<T>(Storage, ByteOffset, Shape)
        : throw new InvalidDataException($"The tensor holds {Type} where {ElementTypes.Of<T>()} is expected.");

    /// <summary>Forgets the element type of <paramref name="tensor"/>.</summary>
    public static AnyTensor From<T>(in Tensor<T> tensor) where T : unmanaged =>
        new(ElementTypes.Of<T>(), tensor.Shape, tensor.Storage, tensor.ByteOffset);
}
