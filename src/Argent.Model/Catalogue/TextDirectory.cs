using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Rows of text ids by hash: an open table of row numbers, at most half full. A long list of ids waits for memory three
/// times a batch, for the table, for where a text starts and for the text, and not for every step of a binary search.
/// </summary>
sealed unsafe class TextDirectory
{
    // Bytes of a batch's ids in UTF-8; an id that does not fit is looked for by itself.
    const int BufferBytes = 4096;

    const int Empty = -1;

    readonly Tensor<long> _start;
    readonly Tensor<byte> _text;
    readonly int[] _table;
    readonly int _shift;

    /// <summary>The directory of the texts <c>text[start[i] .. start[i + 1]]</c>: one pass over them.</summary>
    public TextDirectory(Tensor<long> start, Tensor<byte> text)
    {
        (_start, _text) = (start, text);
        int count = (int)(start.Count - 1), log = BitOperations.Log2((uint)Math.Max(count, 1)) + 2;
        _table = GC.AllocateUninitializedArray<int>(1 << log);
        _shift = 64 - log;
        Array.Fill(_table, Empty);
        for (int row = 0; row < count; row++)
        {
            int at = Place(Bytes(row));
            while (_table[at] != Empty) at = (at + 1) & (_table.Length - 1);
            _table[at] = row;
        }
    }

    /// <summary>The row of each of up to <see cref="IdDirectory.BatchMax"/> ids, or -1.</summary>
    public void Find(ReadOnlySpan<string> ids, Span<int> rows)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        int* end = stackalloc int[IdDirectory.BatchMax];
        int* place = stackalloc int[IdDirectory.BatchMax];
        int used = 0;
        fixed (int* table = _table)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                place[i] = Empty;
                end[i] = used;
                if (!Encoding.UTF8.TryGetBytes(ids[i], new Span<byte>(buffer + used, BufferBytes - used), out int written)) continue;
                place[i] = Place(new ReadOnlySpan<byte>(buffer + used, written));
                used += written;
                end[i] = used;
                Prefetch(table + place[i]);
            }
            for (int i = 0; i < ids.Length; i++)
            {
                if (place[i] >= 0 && table[place[i]] >= 0) Prefetch(_start.Pointer + table[place[i]]);
            }
            for (int i = 0; i < ids.Length; i++)
            {
                if (place[i] >= 0 && table[place[i]] >= 0) Prefetch(_text.Pointer + _start.Pointer[table[place[i]]]);
            }
        }
        for (int i = 0; i < ids.Length; i++)
        {
            int first = i == 0 ? 0 : end[i - 1];
            rows[i] = place[i] >= 0
                ? Row(new ReadOnlySpan<byte>(buffer + first, end[i] - first), place[i])
                : Find(Encoding.UTF8.GetBytes(ids[i]));
        }
    }

    /// <summary>The row of one id in UTF-8, or -1.</summary>
    public int Find(ReadOnlySpan<byte> id) => Row(id, Place(id));

    int Row(ReadOnlySpan<byte> id, int at)
    {
        for (; _table[at] != Empty; at = (at + 1) & (_table.Length - 1))
        {
            if (Bytes(_table[at]).SequenceEqual(id)) return _table[at];
        }
        return -1;
    }

    /// <summary>The high bits of a hash that is multiplied through, eight bytes at a time; the length tells padded ends apart.</summary>
    int Place(ReadOnlySpan<byte> id)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)id.Length * Multiplier;
        for (; id.Length >= sizeof(ulong); id = id[sizeof(ulong)..]) hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(id));
        ulong rest = 0;
        for (int i = 0; i < id.Length; i++) rest |= (ulong)id[i] << (8 * i);
        return (int)(Mixed(hash ^ rest) >> _shift);

        static ulong Mixed(ulong value)
        {
            value *= Multiplier;
            return (value ^ (value >> 32)) * Multiplier;
        }
    }

    ReadOnlySpan<byte> Bytes(int row) => new(_text.Pointer + _start.Pointer[row], (int)(_start.Pointer[row + 1] - _start.Pointer[row]));

    static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
