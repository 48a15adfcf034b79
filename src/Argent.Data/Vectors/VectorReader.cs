using System.Buffers.Binary;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>
/// Reads vectors that were made elsewhere as float32, one row per item: NumPy (.npy or .npy.gz with f4, f2, f8, i1 or u1,
/// two dimensions), .fvecs, .bvecs, .fbin and .safetensors (F32, BF16, I8 or U8). f8 is rounded to float32.
/// Values that are not finite are an error. Float32 files are mapped where that is possible, not copied.
/// </summary>
public static class VectorReader
{
    /// <summary>Names under which vectors are looked for in a safetensors file of several tensors.</summary>
    static readonly string[] _names = ["embeddings", "vectors"];

    /// <summary>The vectors of a file, [N, D].</summary>
    /// <exception cref="DatasetException">The file is missing, damaged, or of a kind that is not supported.</exception>
    public static Tensor<float> Read(string path)
    {
        string lower = path.ToLowerInvariant();
        string kind = lower.EndsWith(".npy.gz", StringComparison.Ordinal) ? ".npy" : Path.GetExtension(lower);
        var vectors = kind switch
        {
            ".npy" => ReadNpy(path),
            ".fvecs" => ReadPrefixed(path, "<f4"),
            ".bvecs" => ReadPrefixed(path, "|u1"),
            ".fbin" => ReadFbin(path),
            ".safetensors" => ReadSafetensors(path),
            _ => throw new DatasetException(
                "is not known as a file of vectors: .npy, .npy.gz, .fvecs, .bvecs, .fbin and .safetensors are.", path),
        };
        try
        {
            CheckFinite(vectors, path);
        }
        catch
        {
            vectors.Storage.Dispose();
            throw;
        }
        return vectors;
    }

    static Tensor<float> ReadNpy(string path)
    {
        var (content, file) = DataFile.Open(path);
        using (content)
        {
            var header = NpyHeader.Read(content, path);
            if (header.Extents is not [var rows, var dim])
            {
                throw new DatasetException(
                    $"has the shape ({string.Join(", ", header.Extents)}) where vectors need two dimensions, (rows, dimensions).", path);
            }
            bool isPlain = ReferenceEquals(content, file);
            CheckShape(rows, dim, path);
            if (isPlain) CheckLength(file.Length, header.Offset + rows * dim * header.ItemBytes, path);
            bool isMappable = header.Type is "<f4" or "=f4" && isPlain && rows > 0 && header.Offset % Storage.Alignment == 0;
            if (isMappable) return new Tensor<float>(new MappedStorage(path), header.Offset, new Shape(rows, dim));
            var vectors = VectorFiller.Fill(content, new VectorLayout(path, rows, (int)dim, header.Type, IsPrefixed: false));
            if (content.ReadByte() >= 0) throw new DatasetException("has more bytes than its header announces.", path);
            return vectors;
        }
    }

    static Tensor<float> ReadPrefixed(string path, string type)
    {
        var (content, file) = OpenPlain(path);
        using (content)
        {
            if (file.Length == 0) throw new DatasetException("is empty.", path);
            Span<byte> first = stackalloc byte[4];
            if (content.ReadAtLeast(first, 4, false) < 4) throw new DatasetException("ends inside its first row.", path);
            content.Position = 0;
            int dim = BinaryPrimitives.ReadInt32LittleEndian(first);
            CheckShape(1, dim, path);
            long rowBytes = 4 + (long)dim * VectorFiller.SizeOf(type);
            if (file.Length % rowBytes != 0)
            {
                throw new DatasetException(
                    $"has {file.Length} bytes, which is no multiple of the {rowBytes} of a row with {dim} dimensions.", path);
            }
            return VectorFiller.Fill(content, new VectorLayout(path, file.Length / rowBytes, dim, type, IsPrefixed: true));
        }
    }

    static Tensor<float> ReadFbin(string path)
    {
        var (content, file) = OpenPlain(path);
        using (content)
        {
            Span<byte> header = stackalloc byte[8];
            if (content.ReadAtLeast(header, 8, false) < 8) throw new DatasetException("ends inside its header of 8 bytes.", path);
            long rows = BinaryPrimitives.ReadUInt32LittleEndian(header), dim = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            CheckShape(rows, dim, path);
            CheckLength(file.Length, 8 + rows * dim * sizeof(float), path);
            return VectorFiller.Fill(content, new VectorLayout(path, rows, (int)dim, "<f4", IsPrefixed: false));
        }
    }

    static unsafe Tensor<float> ReadSafetensors(string path)
    {
        SafetensorsFile file;
        try
        {
            file = SafetensorsFile.Open(path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new DatasetException(e.Message, path);
        }
        var tables = file.Tensors.Where(t => t.Value.Shape.Rank == 2).ToList();
        if (tables.Count > 1) tables = [.. tables.Where(t => _names.Contains(t.Key))];
        if (tables is not [var (name, tensor)])
        {
            throw new DatasetException(
                $"must have one tensor of two dimensions, or one named {string.Join(" or ", _names)}; it has " +
                string.Join(", ", file.Tensors.Select(t => t.Key + t.Value.Shape).Order(StringComparer.Ordinal)) + ".",
                path);
        }
        if (tensor.Type == ElementType.F32 && tensor.ByteOffset % Storage.Alignment == 0) return tensor.As<float>();
        string type = tensor.Type switch
        {
            ElementType.F32 => "<f4",
            ElementType.F16 => "<f2",
            ElementType.BF16 => VectorFiller.BFloat16,
            ElementType.I8 => "|i1",
            ElementType.U8 => "|u1",
            _ => throw new DatasetException($"holds {tensor.Type} in '{name}'; vectors are F32, F16, BF16, I8 or U8.", path),
        };
        CheckShape(tensor.Shape[0], tensor.Shape[1], path);
        using var content = new UnmanagedMemoryStream(tensor.Pointer, tensor.ByteLength);
        var vectors = VectorFiller.Fill(
            content, new VectorLayout(path, tensor.Shape[0], (int)tensor.Shape[1], type, IsPrefixed: false));
        file.Dispose();
        return vectors;
    }

    static (Stream Content, FileStream File) OpenPlain(string path)
    {
        var (content, file) = DataFile.Open(path);
        if (ReferenceEquals(content, file)) return (content, file);
        content.Dispose();
        throw new DatasetException("is compressed, which only .npy.gz may be: decompress it first.", path);
    }

    static void CheckShape(long rows, long dim, string path)
    {
        // Items are numbered by int32; a wider row than 65,536 is a misread file.
        if (rows is >= 0 and <= int.MaxValue && dim is >= 1 and <= 65_536) return;
        throw new DatasetException($"has the shape ({rows}, {dim}); 0 to {int.MaxValue} rows of 1 to 65536 dimensions are possible.", path);
    }

    static void CheckLength(long length, long expected, string path)
    {
        if (length == expected) return;
        string what = length < expected ? "is truncated" : "is too long";
        throw new DatasetException($"{what}: its header announces {expected} bytes and it has {length}.", path);
    }

    static void CheckFinite(in Tensor<float> vectors, string path)
    {
        for (long row = 0; row < (vectors.Count == 0 ? 0 : vectors.Shape[0]); row++)
        {
            int at = VectorFiller.IndexOfNonFinite(vectors.Row(row));
            if (at < 0) continue;
            throw new DatasetException($"has the value {vectors.Row(row)[at]} in row {row}, dimension {at}: vectors must be finite.", path);
        }
    }
}
