using System.Runtime.InteropServices;

namespace Argent.Tensors;

/// <summary>A contiguous run of bytes that tensors are views of: heap or memory-mapped file.</summary>
public abstract unsafe class Storage : IDisposable
{
    /// <summary>Every storage and every scratch allocation starts at a multiple of this many bytes: one cache line.</summary>
    public const int Alignment = 64;

    /// <summary>Where the bytes are.</summary>
    public virtual Device Device => Device.Cpu;

    /// <summary>Length in bytes.</summary>
    public long ByteLength { get; protected init; }

    /// <summary>First byte; null after <see cref="Dispose()"/>.</summary>
    public byte* Pointer { get; protected set; }

    /// <summary>Frees the bytes. No tensor over this storage may be used afterwards.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the bytes; called once by <see cref="Dispose()"/> or the finaliser.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// Zeroed native memory of any length, aligned to a cache line, or to a large page where it is long; pages are committed
/// when first touched.
/// </summary>
public sealed unsafe class HeapStorage : Storage
{
    readonly long _pressure;

    /// <summary>Allocates <paramref name="byteLength"/> zero bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system refuses the memory.</exception>
    public HeapStorage(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ByteLength = byteLength;
        // calloc leaves fresh pages untouched, so that a large sparse tensor costs nothing until it is written.
        nuint alignment = byteLength >= LargePages.LengthMin ? LargePages.PageBytes : (nuint)Alignment;
        _raw = (byte*)NativeMemory.AllocZeroed((nuint)byteLength + alignment);
        Pointer = (byte*)(((nuint)_raw + (alignment - 1)) & ~(alignment - 1));
        LargePages.Ask(Pointer, byteLength);
        _pressure = Math.Max(1, byteLength);
        GC.AddMemoryPressure(_pressure);
    }

    byte* _raw;

    /// <summary>The bytes of a whole file.</summary>
    /// <exception cref="IOException">The file cannot be read, or changes while it is read.</exception>
    public static HeapStorage FromFile(string path)
    {
        const int PieceBytes = 8 << 20;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        long length = RandomAccess.GetLength(file);
        var storage = new HeapStorage(length);
        for (long at = 0; at < length;)
        {
            int read = RandomAccess.Read(file, new Span<byte>(storage.Pointer + at, (int)Math.Min(PieceBytes, length - at)), at);
            if (read == 0)
            {
                storage.Dispose();
                throw new IOException($"The file '{path}' became shorter while it was read.");
            }
            at += read;
        }
        return storage;
    }

    /// <summary>Frees memory that was never disposed.</summary>
    ~HeapStorage() => Dispose(disposing: false);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_raw == null) return;
        NativeMemory.Free(_raw);
        _raw = null;
        Pointer = null;
        GC.RemoveMemoryPressure(_pressure);
    }
}
