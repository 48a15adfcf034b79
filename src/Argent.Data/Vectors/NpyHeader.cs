using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>What a NumPy array file says of itself before its values.</summary>
/// <param name="Type">The element type as NumPy writes it, such as <c>&lt;f4</c>.</param>
/// <param name="Extents">Extents; none for a single value.</param>
/// <param name="Offset">Bytes before the first value.</param>
sealed partial record NpyHeader(string Type, long[] Extents, long Offset)
{
    /// <summary>The longest header that is read; real ones have 118 bytes.</summary>
    const int HeaderBytesMax = 1 << 16;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of values.</summary>
    /// <exception cref="OverflowException">More than an int64 holds.</exception>
    public long Count => Extents.Aggregate(1L, (a, b) => checked(a * b));

    /// <summary>Bytes of one value.</summary>
    public int ItemBytes => Type[^1] - '0';

    /// <summary>Reads a header from the beginning of a file's content.</summary>
    /// <exception cref="DatasetException">It is no NumPy array, or one in Fortran order, big endian or of objects.</exception>
    public static NpyHeader Read(Stream content, string path)
    {
        Span<byte> start = stackalloc byte[12];
        if (content.ReadAtLeast(start[..8], 8, false) < 8 || !start[..6].SequenceEqual(Magic) || start[6] is < 1 or > 3)
        {
            throw new DatasetException("is not a NumPy array (.npy).", path);
        }
        int lengthBytes = start[6] == 1 ? 2 : 4;
        if (content.ReadAtLeast(start.Slice(8, lengthBytes), lengthBytes, false) < lengthBytes)
        {
            throw new DatasetException("ends inside its header.", path);
        }
        uint length = lengthBytes == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > HeaderBytesMax) throw new DatasetException($"has an impossible header of {length} bytes.", path);
        var text = new byte[length];
        if (content.ReadAtLeast(text, text.Length, false) < text.Length) throw new DatasetException("ends inside its header.", path);
        return Parse(Encoding.UTF8.GetString(text), 8 + lengthBytes + length, path);
    }

    /// <summary>The header that <see cref="NpyWriter"/> writes: padded, so that values begin at a cache line.</summary>
    public static byte[] Write(string type, ReadOnlySpan<long> extents)
    {
        var shape = new StringBuilder();
        foreach (long extent in extents) shape.Append(CultureInfo.InvariantCulture, $"{extent}, ");
        string list = extents.Length == 1 ? shape.ToString().TrimEnd() : shape.ToString().TrimEnd(' ', ',');
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({list}), }}";
        int padded = (10 + text.Length + 1 + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;
        var header = new byte[padded];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(padded - 10));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    static NpyHeader Parse(string text, long offset, string path)
    {
        var (type, fortran, shape) = (TypeEntry().Match(text), FortranEntry().Match(text), ShapeEntry().Match(text));
        if (!type.Success || !fortran.Success || !shape.Success)
        {
            throw new DatasetException($"has a header that is not understood: {CellParser.Short(text.Trim())}", path);
        }
        string name = type.Groups[1].Value;
        if (fortran.Groups[1].Value == "True")
        {
            throw new DatasetException("is in Fortran order; save it with numpy.ascontiguousarray(x).", path);
        }
        if (name[0] == '>') throw new DatasetException($"is big endian ({name}); save it with x.astype('<{name[1..]}').", path);
        if (!KnownType().IsMatch(name)) throw new DatasetException($"holds elements of type '{name}', which are no plain numbers.", path);
        var extents = new List<long>();
        foreach (string extent in shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // 2^40 values of a dimension are beyond any machine, and keep products inside int64 long enough to be compared.
            bool isPossible = long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= 1L << 40;
            extents.Add(isPossible ? value : throw new DatasetException($"has an impossible shape ({shape.Groups[1].Value}).", path));
        }
        return new NpyHeader(name, [.. extents], offset);
    }

    [GeneratedRegex(@"'descr':\s*'([^']{2,8})'")]
    private static partial Regex TypeEntry();

    [GeneratedRegex(@"'fortran_order':\s*(True|False)")]
    private static partial Regex FortranEntry();

    [GeneratedRegex(@"'shape':\s*\(([\d,\s]{0,200})\)")]
    private static partial Regex ShapeEntry();

    [GeneratedRegex("^[<|=][fiub][1248]$")]
    private static partial Regex KnownType();
}
