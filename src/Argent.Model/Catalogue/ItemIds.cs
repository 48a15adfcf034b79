using System.Globalization;
using System.Text;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The ids of a catalogue in ascending order: position = item row. Integer ids are int64; text ids are UTF-8 in ordinal
/// byte order, and their int64 id is the row. Look-up is a binary search, so a mapped file needs no loading; the first long
/// list makes a directory of the ids: one pass over them, and for texts 8 to 16 bytes an item.
/// </summary>
public sealed class ItemIds
{
    // Longer ids are rare enough for memory of their own.
    const int Utf8Max = 384;

    readonly Tensor<long> _numbers;   // [R], or no tensor for text ids
    readonly Tensor<long> _textStart; // [R + 1]
    readonly Tensor<byte> _text;      // [bytes]
    IdDirectory? _directory;
    TextDirectory? _textDirectory;

    /// <summary>The most ids of one <see cref="Find(ReadOnlySpan{string}, Span{int})"/>.</summary>
    internal const int BatchMax = IdDirectory.BatchMax;

    ItemIds(Tensor<long> numbers, Tensor<long> textStart, Tensor<byte> text) => (_numbers, _textStart, _text) = (numbers, textStart, text);

    /// <summary>Number of items.</summary>
    public int Count => (int)(_numbers.IsPresent ? _numbers.Count : _textStart.Count - 1);

    /// <summary>True when ids are texts.</summary>
    public bool IsText => !_numbers.IsPresent;

    /// <summary>The tensors that hold the ids, with their names in an artifact.</summary>
    public IReadOnlyList<(string Name, AnyTensor Tensor)> Tensors => IsText
        ? [("items.id_start", AnyTensor.From(_textStart)), ("items.id_text", AnyTensor.From(_text))]
        : [("items.ids", AnyTensor.From(_numbers))];

    /// <summary>Ids from tensors as <see cref="Tensors"/> gives them: either numbers, or text with starts.</summary>
    public static ItemIds FromTensors(Tensor<long> numbers, Tensor<long> textStart, Tensor<byte> text) => new(numbers, textStart, text);

    /// <summary>Integer ids, strictly ascending.</summary>
    /// <exception cref="ArgumentException">The ids are not strictly ascending.</exception>
    public static ItemIds FromSorted(ReadOnlySpan<long> ids)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[i] <= ids[i - 1]) throw new ArgumentException($"Item ids must ascend: {ids[i]} follows {ids[i - 1]}.");
        }
        return new(Tensor.From(ids), default, default);
    }

    /// <summary>Text ids in strictly ascending ordinal byte order.</summary>
    /// <exception cref="ArgumentException">The ids are not strictly ascending.</exception>
    public static ItemIds FromSorted(IReadOnlyList<string> ids)
    {
        var utf8 = ids.Select(Encoding.UTF8.GetBytes).ToList();
        var start = Tensor.Zeros<long>(new Shape(ids.Count + 1));
        for (int i = 0; i < utf8.Count; i++)
        {
            if (i > 0 && utf8[i - 1].AsSpan().SequenceCompareTo(utf8[i]) >= 0)
            {
                throw new ArgumentException($"Item ids must ascend: '{ids[i]}' follows '{ids[i - 1]}'.");
            }
            start[i + 1] = start[i] + utf8[i].Length;
        }
        var text = Tensor.Zeros<byte>(new Shape(start[ids.Count]));
        for (int i = 0; i < utf8.Count; i++) utf8[i].CopyTo(text.Span[(int)start[i]..]);
        return new(default, start, text);
    }

    /// <summary>The int64 id of a row: the id itself, or the row for text ids.</summary>
    public long Number(int row) => IsText ? row : _numbers[row];

    /// <summary>The id of a row as text.</summary>
    public string Text(int row) => IsText
        ? Encoding.UTF8.GetString(TextBytes(row))
        : _numbers[row].ToString(CultureInfo.InvariantCulture);

    /// <summary>The row of an id given as text, or -1.</summary>
    public int Find(string id)
    {
        if (!IsText) return IdNumber.TryRead(id, out long number) ? Find(number) : -1;
        Span<byte> utf8 = stackalloc byte[Utf8Max];
        return id.Length <= Utf8Max / 3 ? FindBytes(utf8[..Encoding.UTF8.GetBytes(id, utf8)]) : FindBytes(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>
    /// The rows of up to <see cref="BatchMax"/> ids of a list, or -1. A full batch is taken for the start of a long list, for
    /// which a directory pays; whoever asks for fewer searches as for one, unless there is a directory already.
    /// </summary>
    internal void Find(ReadOnlySpan<string> ids, Span<int> rows)
    {
        if (ids.Length == BatchMax) MakeDirectory();
        if (_textDirectory is { } texts) texts.Find(ids, rows);
        else if (_directory is { } directory) Find(directory, ids, rows);
        else
        {
            for (int i = 0; i < ids.Length; i++) rows[i] = Find(ids[i]);
        }
    }

    /// <summary>Two threads may make the same directory; one is kept.</summary>
    void MakeDirectory()
    {
        if (IsText && Volatile.Read(ref _textDirectory) is null)
        {
            Volatile.Write(ref _textDirectory, new TextDirectory(_textStart, _text));
        }
        if (!IsText && Volatile.Read(ref _directory) is null) Volatile.Write(ref _directory, new IdDirectory(_numbers));
    }

    static void Find(IdDirectory directory, ReadOnlySpan<string> ids, Span<int> rows)
    {
        Span<long> numbers = stackalloc long[BatchMax];
        ulong wrong = 0;
        for (int i = 0; i < ids.Length; i++) wrong |= (IdNumber.TryRead(ids[i], out numbers[i]) ? 0UL : 1) << i;
        directory.Find(numbers[..ids.Length], rows);
        for (; wrong != 0; wrong &= wrong - 1) rows[System.Numerics.BitOperations.TrailingZeroCount(wrong)] = -1;
    }

    /// <summary>The row of an integer id, or -1; of text ids, the row itself.</summary>
    public int Find(long id)
    {
        if (IsText) return id >= 0 && id < Count ? (int)id : -1;
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            long at = _numbers[middle];
            if (at == id) return middle;
            if (at < id) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /// <summary>Order of two rows' ids: negative when the first is smaller. Ids that ascend need no such question.</summary>
    public int Compare(int left, int right) => IsText
        ? TextBytes(left).SequenceCompareTo(TextBytes(right))
        : _numbers[left].CompareTo(_numbers[right]);

    int FindBytes(ReadOnlySpan<byte> id)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            int order = TextBytes(middle).SequenceCompareTo(id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    unsafe ReadOnlySpan<byte> TextBytes(int row) =>
        new(_text.Pointer + _textStart[row], (int)(_textStart[row + 1] - _textStart[row]));
}
