using Argent.Tensors;

namespace Argent.Training;

/// <summary>The rows of one table whose gradient was added to since the last step: a bitmap and a list, in order of first touch.</summary>
public sealed unsafe class RowSet
{
    readonly Tensor<ulong> _seen;
    readonly Tensor<int> _rows;

    internal RowSet(long capacity)
    {
        if (capacity > int.MaxValue)
        {
            throw new ArgumentException($"A table has at most {int.MaxValue} rows, not {capacity}.");
        }
        Capacity = (int)capacity;
        _seen = Tensor.Zeros<ulong>(new Shape((capacity + 63) / 64));
        _rows = Tensor.Zeros<int>(new Shape(capacity));
    }

    /// <summary>Rows of the table.</summary>
    public int Capacity { get; }

    /// <summary>Touched rows.</summary>
    public int Count { get; private set; }

    /// <summary>The touched rows, each once.</summary>
    public ReadOnlySpan<int> Rows => _rows.Span[..Count];

    internal int* Pointer => _rows.Pointer;

    /// <summary>Whether <paramref name="row"/> was touched.</summary>
    public bool Contains(int row) => (uint)row < (uint)Capacity && (_seen.Pointer[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Adds <c>first + rows[i]</c> for every rows[i] of 0 or more; negative rows do not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    internal void Add(long first, ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            if (row >= 0) Add(first + row);
        }
    }

    internal void AddRange(long first, long count)
    {
        if (Count == Capacity) return;
        for (long row = first; row < first + count; row++) Add(row);
    }

    internal void Clear()
    {
        var seen = _seen.Pointer;
        var rows = _rows.Pointer;
        for (int i = 0; i < Count; i++) seen[rows[i] >> 6] = 0;
        Count = 0;
    }

    void Add(long row)
    {
        if ((ulong)row >= (ulong)Capacity)
        {
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The table has {Capacity} rows.");
        }
        ulong bit = 1UL << (int)(row & 63);
        ref ulong word = ref _seen.Pointer[row >> 6];
        if ((word & bit) != 0) return;
        word |= bit;
        _rows.Pointer[Count++] = (int)row;
    }
}
