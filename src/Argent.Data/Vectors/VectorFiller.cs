using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>How rows of vectors follow each other in a file.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Dim">Values of a row.</param>
/// <param name="Type">Element type as NumPy writes it.</param>
/// <param name="IsPrefixed">True when each row begins with its number of values, an int32.</param>
sealed record VectorLayout(string Path, long Rows, int Dim, string Type, bool IsPrefixed);

/// <summary>Reads rows of numbers of any supported type into float32.</summary>
static class VectorFiller
{
    /// <summary>The type name of bfloat16, for which NumPy has none.</summary>
    public const string BFloat16 = "bf2";

    const int BlockBytes = 1 << 20;

    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(string type) => type[^1] - '0';

    /// <summary>All rows.</summary>
    /// <exception cref="DatasetException">The type is not supported, a row has another length, or the content ends early.</exception>
    public static Tensor<float> Fill(Stream content, VectorLayout layout)
    {
        var convert = Converter(layout);
        var vectors = Tensor.Zeros<float>(new Shape(layout.Rows, layout.Dim));
        int prefix = layout.IsPrefixed ? 4 : 0, rowBytes = prefix + layout.Dim * SizeOf(layout.Type);
        int block = Math.Max(1, BlockBytes / rowBytes);
        var buffer = new byte[block * rowBytes];
        for (long row = 0; row < layout.Rows; row += block)
        {
            int rows = (int)Math.Min(block, layout.Rows - row);
            var bytes = buffer.AsSpan(0, rows * rowBytes);
            if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw new DatasetException($"is truncated: {layout.Rows} rows are announced and some are missing.", layout.Path);
            }
            for (int i = 0; i < rows; i++)
            {
                var source = bytes.Slice(i * rowBytes, rowBytes);
                if (prefix > 0) CheckPrefix(source, layout, row + i);
                convert(source[prefix..], vectors.Row(row + i));
            }
        }
        return vectors;
    }

    /// <summary>The first value that is not finite, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // 0 * x is 0 for every finite x and NaN else, so one sum answers for a whole row.
        var sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count) sum += new Vector<float>(values[i..]) * 0f;
        float rest = Vector.Sum(sum);
        for (; i < values.Length; i++) rest += values[i] * 0f;
        if (rest == 0) return -1;
        for (i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }
        return -1;
    }

    delegate void RowConverter(ReadOnlySpan<byte> source, Span<float> target);

    static void CheckPrefix(ReadOnlySpan<byte> row, VectorLayout layout, long number)
    {
        int dim = BinaryPrimitives.ReadInt32LittleEndian(row);
        if (dim == layout.Dim) return;
        throw new DatasetException($"row {number} has {dim} dimensions where the first row has {layout.Dim}.", layout.Path);
    }

    static RowConverter Converter(VectorLayout layout) => layout.Type switch
    {
        "<f4" or "=f4" => static (source, target) => source.CopyTo(MemoryMarshal.AsBytes(target)),
        "<f2" or "=f2" => static (source, target) => Widen<Half>(source, target),
        "<f8" or "=f8" => static (source, target) => Widen<double>(source, target),
        "|i1" => static (source, target) => Widen<sbyte>(source, target),
        "|u1" => static (source, target) => Widen<byte>(source, target),
        BFloat16 => static (source, target) =>
        {
            var values = MemoryMarshal.Cast<byte, ushort>(source);
            for (int i = 0; i < target.Length; i++) target[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }
        ,
        _ => throw new DatasetException(
            $"holds elements of type '{layout.Type}'; vectors are f4, f2, f8, i1 or u1 (x.astype('<f4') makes them so).", layout.Path),
    };

    static void Widen<T>(ReadOnlySpan<byte> source, Span<float> target) where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(source);
        for (int i = 0; i < target.Length; i++) target[i] = float.CreateTruncating(values[i]);
    }
}
