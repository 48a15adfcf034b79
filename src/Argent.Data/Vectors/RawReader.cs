using System.Runtime.InteropServices;

namespace Argent.Data;

/// <summary>Reads flat files of little-endian integers without any header (.i32, .i64).</summary>
public static class RawReader
{
    /// <summary>All int32 values of a file.</summary>
    /// <exception cref="DatasetException">The file is missing, or its length is no multiple of 4 bytes.</exception>
    public static int[] ReadInt32(string path) => Read<int>(path);

    /// <summary>All int64 values of a file.</summary>
    /// <exception cref="DatasetException">The file is missing, or its length is no multiple of 8 bytes.</exception>
    public static long[] ReadInt64(string path) => Read<long>(path);

    static unsafe T[] Read<T>(string path) where T : unmanaged
    {
        using var file = DataFile.Open(path).File;
        if (file.Length % sizeof(T) != 0)
        {
            throw new DatasetException(
                $"has {file.Length} bytes, which is no multiple of {sizeof(T)}: it holds no {typeof(T).Name} values.", path);
        }
        if (file.Length / sizeof(T) > Array.MaxLength) throw new DatasetException($"has more than {Array.MaxLength} values.", path);
        var values = new T[file.Length / sizeof(T)];
        const int Block = 1 << 20;
        for (int at = 0; at < values.Length; at += Block)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(Block, values.Length - at))));
        }
        return values;
    }
}
