using System.IO.Compression;
using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>Reads NumPy arrays of any shape with the exact element type asked for: .npy, .npy.gz, and members of .npz.</summary>
public static class NpyReader
{
    /// <summary>The array of a .npy or .npy.gz file.</summary>
    /// <typeparam name="T">float, int, long, sbyte, byte or ulong.</typeparam>
    /// <exception cref="DatasetException">The file is missing, damaged, or holds other elements.</exception>
    public static Tensor<T> Read<T>(string path) where T : unmanaged
    {
        using var content = DataFile.Open(path).Content;
        return Read<T>(content, path);
    }

    /// <summary>The array <paramref name="name"/> of a .npz archive.</summary>
    /// <typeparam name="T">float, int, long, sbyte, byte or ulong.</typeparam>
    /// <exception cref="DatasetException">The archive is missing or damaged, or has no such array of such elements.</exception>
    public static Tensor<T> ReadMember<T>(string path, string name) where T : unmanaged
    {
        using var file = DataFile.Open(path).File;
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            string names = string.Join(", ", archive.Entries.Select(e => Path.GetFileNameWithoutExtension(e.Name)));
            var entry = archive.GetEntry(name + ".npy") ?? throw new DatasetException($"has no array '{name}'; it has {names}.", path);
            using var content = entry.Open();
            return Read<T>(content, $"{path}({name})");
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"is damaged: {e.Message}", path);
        }
    }

    static Tensor<T> Read<T>(Stream content, string path) where T : unmanaged
    {
        var header = NpyHeader.Read(content, path);
        string type = NpyWriter.TypeName<T>();
        if (header.Type[1..] != type[1..])
        {
            throw new DatasetException($"holds elements of type '{header.Type}' where '{type}' is expected.", path);
        }
        if (header.Extents.Length > Shape.MaxRank) throw new DatasetException($"has {header.Extents.Length} dimensions.", path);
        Tensor<T> tensor;
        try
        {
            tensor = Tensor.Zeros<T>(header.Extents.Length == 0 ? new Shape(1) : Shape.From(header.Extents));
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException or ArgumentException)
        {
            throw new DatasetException($"has the shape ({string.Join(", ", header.Extents)}), too large to be read.", path);
        }
        var flat = tensor.Reshape(new Shape(tensor.Count));
        const int Block = 1 << 20;
        for (long at = 0; at < flat.Count; at += Block)
        {
            var bytes = MemoryMarshal.AsBytes(flat.Rows(at, Math.Min(Block, flat.Count - at)).Span);
            if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw new DatasetException("is truncated: it has fewer values than its header announces.", path);
            }
        }
        if (content.ReadByte() >= 0) throw new DatasetException("has more bytes than its header announces.", path);
        return tensor;
    }
}
