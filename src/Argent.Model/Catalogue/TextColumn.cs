using System.Text;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// One text per row as two tensors, so that a mapped file needs no loading: UTF-8 bytes end to end and where each starts.
/// </summary>
public sealed class TextColumn
{
    /// <summary>A column over tensors; rows are [Start[r], Start[r + 1]) of the bytes.</summary>
    /// <exception cref="InvalidDataException">The starts do not ascend from 0 to the number of bytes.</exception>
    public TextColumn(Tensor<long> start, Tensor<byte> text)
    {
        (Start, Text) = (start, text);
        bool fits = start.Shape.Rank == 1 && start.Count >= 1 && start[0] == 0 && start[start.Count - 1] == text.Count;
        for (long i = 1; fits && i < start.Count; i++) fits = start[i] >= start[i - 1];
        if (!fits)
        {
            throw new InvalidDataException(
                $"The starts {start.Shape} do not ascend from 0 to the {text.Count} bytes of the text.");
        }
    }

    /// <summary>[R + 1] int64 byte offsets.</summary>
    public Tensor<long> Start { get; }

    /// <summary>[bytes] UTF-8.</summary>
    public Tensor<byte> Text { get; }

    /// <summary>Number of rows.</summary>
    public int Count => checked((int)(Start.Count - 1));

    /// <summary>The text of a row.</summary>
    public unsafe string this[int row]
    {
        get
        {
            long start = Start[row];
            return Encoding.UTF8.GetString(Text.Pointer + start, (int)(Start[row + 1L] - start));
        }
    }

    /// <summary>A column with a copy of the texts.</summary>
    public static TextColumn From(IReadOnlyList<string> texts)
    {
        var start = Tensor.Zeros<long>(new Shape(texts.Count + 1L));
        for (int i = 0; i < texts.Count; i++) start[i + 1] = start[i] + Encoding.UTF8.GetByteCount(texts[i]);
        var text = Tensor.Zeros<byte>(new Shape(start[texts.Count]));
        for (int i = 0; i < texts.Count; i++) Encoding.UTF8.GetBytes(texts[i], Bytes(text, start[i], start[i + 1L]));
        return new TextColumn(start, text);
    }

    /// <summary>The tensors <c>name_start</c> and <c>name_text</c>.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> Tensors(string name) =>
        [(name + "_start", AnyTensor.From(Start)), (name + "_text", AnyTensor.From(Text))];

    /// <summary>All texts.</summary>
    public string[] ToArray()
    {
        var texts = new string[Count];
        for (int i = 0; i < texts.Length; i++) texts[i] = this[i];
        return texts;
    }

    static unsafe Span<byte> Bytes(Tensor<byte> text, long start, long end) => new(text.Pointer + start, (int)(end - start));
}
