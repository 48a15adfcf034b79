using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Argent.Model;

namespace Argent.Data;

/// <summary>Opens data files: plain or gzip (told by their first bytes), and notices a gzip file that ends too early.</summary>
static class DataFile
{
    /// <summary>What bytes that are not UTF-8 become: a code point that no text holds, so that a cell with it is bad.</summary>
    public const char NotUtf8 = '\uFFFF';

    const int BufferBytes = 1 << 16;

    static readonly Encoding _utf8 =
        Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(NotUtf8.ToString()));

    /// <summary>Opens a file as a stream of its content, and gives the stream of the file itself for its position.</summary>
    /// <exception cref="DatasetException">It is not there or cannot be read.</exception>
    public static (Stream Content, FileStream File) Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"cannot be read: {e.Message}", path);
        }
        Span<byte> magic = stackalloc byte[2];
        bool isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic.SequenceEqual<byte>([0x1F, 0x8B]);
        file.Position = 0;
        return (isGzip ? new CheckedGzipStream(file, path) : file, file);
    }

    /// <summary>Text of a content stream: UTF-8, or UTF-16 with a byte order mark.</summary>
    public static StreamReader Text(Stream content) => new(content, _utf8, detectEncodingFromByteOrderMarks: true, BufferBytes);

    static DatasetException Missing(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return new DatasetException($"does not exist: there is no folder '{folder}'.", path);
        var names = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);
        return new DatasetException($"does not exist.{Suggestion.Offer(Path.GetFileName(path), names)}", path);
    }
}

/// <summary>
/// Decompresses gzip and compares the length with the one in the file's last bytes: the platform's stream takes a file that
/// was cut off for a shorter one.
/// </summary>
sealed class CheckedGzipStream(FileStream file, string path) : Stream
{
    readonly GZipStream _gzip = new(file, CompressionMode.Decompress);
    long _read;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0) return 0;
        int read;
        try
        {
            read = _gzip.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"is damaged: {e.Message}", path);
        }
        if (read == 0) CheckLength();
        _read += read;
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    void CheckLength()
    {
        // Header and trailer alone are 18 bytes.
        if (file.Length < 18) throw Truncated();
        Span<byte> tail = stackalloc byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(tail);
        // The length is kept modulo 2^32, and of the last member only when a file was put together from several.
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail) != (uint)_read && !HasSecondMember()) throw Truncated();
    }

    /// <summary>True when another gzip header seems to follow; by chance that is seen once in about 10 GB of data.</summary>
    bool HasSecondMember()
    {
        file.Position = 1;
        var buffer = new byte[1 << 16];
        int kept = 0;
        while (file.Read(buffer, kept, buffer.Length - kept) is var read and > 0)
        {
            int length = kept + read;
            for (int i = 0; i + 10 <= length; i++)
            {
                bool isHeader = buffer[i] == 0x1F && buffer[i + 1] == 0x8B && buffer[i + 2] == 8
                    && buffer[i + 3] < 0x20 && buffer[i + 8] is 0 or 2 or 4 && buffer[i + 9] is <= 13 or 255;
                if (isHeader) return true;
            }
            kept = Math.Min(9, length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        }
        return false;
    }

    DatasetException Truncated() => new("is damaged: the compressed data ends too early.", path);
}
