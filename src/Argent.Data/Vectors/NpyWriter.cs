using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>Writes NumPy arrays (.npy, version 1, C order, little endian): same values, same bytes.</summary>
public static class NpyWriter
{
    const int Block = 1 << 20;

    /// <summary>Writes a tensor of any shape.</summary>
    /// <typeparam name="T">float, int, long, sbyte, byte or ulong.</typeparam>
    /// <exception cref="IOException">The file cannot be written; a partial file may remain for the caller to remove.</exception>
    public static void Write<T>(string path, in Tensor<T> tensor) where T : unmanaged
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        file.Write(NpyHeader.Write(TypeName<T>(), tensor.Shape.ToArray()));
        var flat = tensor.Reshape(new Shape(tensor.Count));
        for (long at = 0; at < flat.Count; at += Block)
        {
            file.Write(MemoryMarshal.AsBytes(flat.Rows(at, Math.Min(Block, flat.Count - at)).Span));
        }
    }

    /// <summary>NumPy's name of an element type.</summary>
    internal static string TypeName<T>() where T : unmanaged => ElementTypes.Of<T>() switch
    {
        ElementType.F32 => "<f4",
        ElementType.F16 => "<f2",
        ElementType.I32 => "<i4",
        ElementType.I64 => "<i8",
        ElementType.U64 => "<u8",
        ElementType.I8 => "|i1",
        ElementType.U8 => "|u1",
        var type => throw new NotSupportedException($"NumPy has no element type {type}."),
    };
}
