using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Argent.Tensors;

/// <summary>
/// Writes safetensors files whose tensors start at cache lines. The format allows no holes, so the gaps are filled by
/// U8 tensors named <c>__pad_N</c>, which <see cref="SafetensorsFile"/> hides.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>What the names of alignment fillers start with.</summary>
    public const string PaddingPrefix = "__pad_";

    const int ChunkBytes = 1 << 20;

    /// <summary>Writes <paramref name="tensors"/> in the order given; same input, same bytes.</summary>
    /// <returns>Each tensor's byte offset in the file.</returns>
    /// <exception cref="IOException">The file cannot be written; a partial file may remain for the caller to remove.</exception>
    public static IReadOnlyDictionary<string, long> Write(
        string path, IReadOnlyList<(string Name, AnyTensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var entries = new List<(string Name, string Type, long[] Shape, long Start, AnyTensor? Tensor)>();
        long at = 0;
        foreach (var (name, tensor) in tensors)
        {
            if (name.StartsWith(PaddingPrefix, StringComparison.Ordinal) || name == "__metadata__")
            {
                throw new ArgumentException($"A tensor cannot be named '{name}'.");
            }
            long gap = (Storage.Alignment - at % Storage.Alignment) % Storage.Alignment;
            if (gap > 0)
            {
                string pad = PaddingPrefix + entries.Count.ToString(CultureInfo.InvariantCulture);
                entries.Add((pad, "U8", [gap], at, null));
                at += gap;
            }
            entries.Add((name, tensor.Type.ToString(), tensor.Shape.ToArray(), at, tensor));
            at += tensor.ByteLength;
        }
        byte[] header = Header(entries, metadata);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, ChunkBytes);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, _, shape, start, tensor) in entries)
        {
            if (tensor is { } values) WriteValues(file, values);
            else file.Write(new byte[shape[0]]);
            if (tensor is not null) offsets.Add(name, 8 + header.Length + start);
        }
        file.Flush(flushToDisk: true);
        return offsets;
    }

    static unsafe void WriteValues(FileStream file, in AnyTensor tensor)
    {
        for (long done = 0; done < tensor.ByteLength; done += ChunkBytes)
        {
            file.Write(new ReadOnlySpan<byte>(tensor.Pointer + done, (int)Math.Min(ChunkBytes, tensor.ByteLength - done)));
        }
    }

    static byte[] Header(
        List<(string Name, string Type, long[] Shape, long Start, AnyTensor? Tensor)> entries,
        IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (var (name, type, shape, start, tensor) in entries)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (long extent in shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(start);
                json.WriteNumberValue(start + (tensor?.ByteLength ?? shape[0]));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces after the header put the first value on a cache line.
        int gap = (int)((Storage.Alignment - (8 + buffer.Length) % Storage.Alignment) % Storage.Alignment);
        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', gap)));
        return buffer.ToArray();
    }
}
