using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Argent.Data;

/// <summary>
/// SHA-256 over a description and the files it names, each with its name and its length before its bytes. Folders do not
/// enter, so that the same data elsewhere has the same hash.
/// </summary>
static class ContentHash
{
    const int ChunkBytes = 1 << 20;

    /// <summary>64 hex digits; a file that comes several times counts once.</summary>
    public static string Of(byte[] description, IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, description);
        var buffer = new byte[ChunkBytes];
        foreach (string path in files.Distinct(StringComparer.Ordinal))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Append(hash, Encoding.UTF8.GetBytes(Path.GetFileName(path)));
            AppendLength(hash, file.Length);
            while (file.Read(buffer) is var read and > 0) hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        AppendLength(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
