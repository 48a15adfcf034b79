using System.Buffers.Binary;
using System.Text.Json;

namespace Argent.Tensors;

/// <summary>
/// An opened safetensors file: 8 bytes of header length, a JSON header, then the values. Opening checks the whole
/// structure (offsets, sizes, order, overlap) and maps the file, or reads it where that is asked for.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The longest header that is read, in bytes: 100 MB, the format's own limit.</summary>
    public const long HeaderBytesMax = 100_000_000;

    readonly Dictionary<string, AnyTensor> _tensors;
    readonly Storage _storage;

    SafetensorsFile(string path, Storage storage, Dictionary<string, AnyTensor> tensors, Dictionary<string, string> metadata)
    {
        (Path, _storage, _tensors, Metadata) = (path, storage, tensors, metadata);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The header's <c>__metadata__</c>, text to text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Tensors by name, without alignment padding.</summary>
    public IReadOnlyDictionary<string, AnyTensor> Tensors => _tensors;

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memory">Whether to map it or to read it.</param>
    /// <exception cref="InvalidDataException">The file is not a safetensors file, or is truncated or inconsistent; the
    /// message names the file and, where it can, the tensor.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path, FileMemory memory = FileMemory.Mapped)
    {
        Storage storage = memory == FileMemory.Resident ? HeapStorage.FromFile(path) : new MappedStorage(path);
        try
        {
            return Read(path, storage);
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <summary>The tensor <paramref name="name"/> with elements <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidDataException">There is no such tensor, or it has other elements.</exception>
    public Tensor<T> Get<T>(string name) where T : unmanaged
    {
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            throw new InvalidDataException($"The file '{Path}' has no tensor '{name}'.");
        }
        return tensor.Type == ElementTypes.Of<T>()
            ? tensor.As<T>()
            : throw new InvalidDataException(
                $"The tensor '{name}' of '{Path}' holds {tensor.Type} where {ElementTypes.Of<T>()} is expected.");
    }

    /// <summary>The bytes of the whole file.</summary>
    public Storage Storage => _storage;

    /// <summary>Unmaps or frees the file; its tensors may not be used afterwards.</summary>
    public void Dispose() => _storage.Dispose();

    static unsafe SafetensorsFile Read(string path, Storage storage)
    {
        if (storage.ByteLength < 8) throw Bad(path, "it is shorter than the 8 bytes of the header length");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(storage.Pointer, 8));
        if (headerBytes > HeaderBytesMax || (long)headerBytes > storage.ByteLength - 8)
        {
            throw Bad(path, $"it announces a header of {headerBytes} bytes in a file of {storage.ByteLength}");
        }
        long dataStart = 8 + (long)headerBytes;
        var tensors = new Dictionary<string, AnyTensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var ranges = new List<(long Start, long End, string Name)>();
        try
        {
            using var header = JsonDocument.Parse(new ReadOnlySpan<byte>(storage.Pointer + 8, (int)headerBytes).ToArray());
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (var pair in entry.Value.EnumerateObject()) metadata[pair.Name] = pair.Value.GetString() ?? "";
                    continue;
                }
                var (tensor, end) = ReadEntry(path, entry, storage, dataStart);
                ranges.Add((tensor.ByteOffset, end, entry.Name));
                if (entry.Name.StartsWith(SafetensorsWriter.PaddingPrefix, StringComparison.Ordinal)) continue;
                if (!tensors.TryAdd(entry.Name, tensor)) throw Bad(path, $"the tensor '{entry.Name}' is listed twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Bad(path, "its header is not valid: " + e.Message);
        }
        CheckCoverage(path, ranges, dataStart, storage.ByteLength);
        return new SafetensorsFile(path, storage, tensors, metadata);
    }

    static (AnyTensor Tensor, long End) ReadEntry(string path, JsonProperty entry, Storage storage, long dataStart)
    {
        string name = entry.Name;
        string dtype = entry.Value.GetProperty("dtype").GetString() ?? "";
        if (!Enum.TryParse<ElementType>(dtype, out var type) || !Enum.IsDefined(type))
        {
            throw Bad(path, $"the tensor '{name}' has dtype '{dtype}'; supported are {string.Join(", ", Enum.GetNames<ElementType>())}");
        }
        long[] extents = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        var offsets = entry.Value.GetProperty("data_offsets");
        long begin = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (extents.Length > Shape.MaxRank) throw Bad(path, $"the tensor '{name}' has {extents.Length} dimensions");
        Shape shape;
        long bytes;
        try
        {
            shape = extents.Length == 0 ? new Shape(1) : Shape.From(extents);
            bytes = checked(shape.Count * type.SizeOf());
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw Bad(path, $"the tensor '{name}' has an impossible shape");
        }
        if (begin < 0 || end < begin || end - begin != bytes)
        {
            throw Bad(path, $"the tensor '{name}' is {type}{shape} = {bytes} bytes but has the range {begin} to {end}");
        }
        if (end > storage.ByteLength - dataStart)
        {
            throw Bad(path, $"it is truncated: the tensor '{name}' ends at byte {dataStart + end} of {storage.ByteLength}");
        }
        return (new AnyTensor(type, shape, storage, dataStart + begin), dataStart + end);
    }

    static void CheckCoverage(string path, List<(long Start, long End, string Name)> ranges, long dataStart, long length)
    {
        ranges.Sort();
        long at = dataStart;
        foreach (var (start, end, name) in ranges)
        {
            if (start != at) throw Bad(path, $"the tensor '{name}' starts at byte {start} where {at} is expected");
            at = end;
        }
        if (at != length) throw Bad(path, $"its tensors end at byte {at} but the file has {length}");
    }

    static InvalidDataException Bad(string path, string why) => new($"The file '{path}' is not a valid safetensors file: {why}.");
}
