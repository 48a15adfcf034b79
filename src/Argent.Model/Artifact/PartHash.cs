using System.Security.Cryptography;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>The hashes that tie the files of an artifact to its manifest, as lower-case hex digits.</summary>
static unsafe class PartHash
{
    // One call of the hash takes at most an int; a megabyte keeps the bytes in cache while they are written or read.
    const int ChunkBytes = 1 << 20;

    /// <summary>SHA-256 of a tensor's bytes.</summary>
    public static string OfTensor(in AnyTensor tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, tensor.Pointer, tensor.ByteLength);
        return Finish(hash);
    }

    /// <summary>SHA-256 of the bytes of a file that belong to none of its tensors: header and padding.</summary>
    public static string OfFrame(SafetensorsFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var storage = file.Storage;
        long at = 0;
        foreach (var tensor in file.Tensors.Values.Where(t => t.ByteLength > 0).OrderBy(t => t.ByteOffset))
        {
            Append(hash, storage.Pointer + at, tensor.ByteOffset - at);
            at = tensor.ByteOffset + tensor.ByteLength;
        }
        Append(hash, storage.Pointer + at, storage.ByteLength - at);
        return Finish(hash);
    }

    /// <summary>SHA-256 of some bytes.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static void Append(IncrementalHash hash, byte* from, long count)
    {
        for (long done = 0; done < count; done += ChunkBytes)
        {
            hash.AppendData(new ReadOnlySpan<byte>(from + done, (int)Math.Min(ChunkBytes, count - done)));
        }
    }

    static string Finish(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
