namespace Argent.Tensors;

/// <summary>The element types that a tensor can hold, on disk (safetensors) and in memory.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>The upper 16 bits of an F32, rounded to nearest even.</summary>
    BF16,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>IEEE 754 binary16: files that other systems wrote hold it; nothing computes with it.</summary>
    F16,
}

/// <summary>Sizes of element types, and the element type of a .NET type.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(this ElementType type) => type switch
    {
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.BF16 or ElementType.F16 => 2,
        ElementType.I8 or ElementType.U8 => 1,
        ElementType.I64 or ElementType.U64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown element type."),
    };

    /// <summary>The element type whose .NET type is <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">No element type is stored as <typeparamref name="T"/>.</exception>
    public static ElementType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ElementType.F32;
        if (typeof(T) == typeof(BFloat16)) return ElementType.BF16;
        if (typeof(T) == typeof(Half)) return ElementType.F16;
        if (typeof(T) == typeof(sbyte)) return ElementType.I8;
        if (typeof(T) == typeof(int)) return ElementType.I32;
        if (typeof(T) == typeof(long)) return ElementType.I64;
        if (typeof(T) == typeof(byte)) return ElementType.U8;
        if (typeof(T) == typeof(ulong)) return ElementType.U64;
        throw new NotSupportedException($"{typeof(T).Name} is not the .NET type of a tensor element.");
    }
}
