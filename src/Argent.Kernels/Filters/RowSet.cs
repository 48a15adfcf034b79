using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// A list of rows to look rows up in, where a binary search mispredicts each step and, of 100,000, waits for many cache
/// lines: as bits where the rows are many of the catalogue's, otherwise as a hash table; one cache line a look-up either way.
/// </summary>
sealed unsafe class RowSet
{
    // A shorter list takes few steps.
    const int RowsMin = 8;

    const int Empty = -1;

    // A table has 2 to 4 places of 32 bits for each row: bits of up to as much memory are made and asked faster.
    const int BitsPerRowMax = 128;

    readonly ulong[]? _bits;
    readonly int[] _table = [];
    readonly int _mask;
    readonly int _shift;

    RowSet(int[] rows)
    {
        Rows = rows;
        if (rows[^1] < (long)BitsPerRowMax * rows.Length)
        {
            _bits = new ulong[rows[^1] / 64 + 1];
            foreach (int row in rows)
            {
                // Rows below 0 are no item's.
                if (row >= 0) _bits[row >> 6] |= 1UL << (row & 63);
            }
            return;
        }
        // At most half full, so that a look-up rarely goes beyond its line.
        int log = BitOperations.Log2((uint)rows.Length) + 2;
        _table = GC.AllocateUninitializedArray<int>(1 << log);
        (_mask, _shift) = (_table.Length - 1, 32 - log);
        Array.Fill(_table, Empty);
        foreach (int row in rows)
        {
            if (row < 0) continue;
            int at = Place(row);
            while (_table[at] != Empty && _table[at] != row) at = (at + 1) & _mask;
            _table[at] = row;
        }
    }

    /// <summary>The rows, ascending.</summary>
    public int[] Rows { get; }

    /// <summary>The set of a list that is long enough to need one, or null.</summary>
    public static RowSet? Of(int[]? rows) => rows is { Length: >= RowsMin and < (1 << 28) } ? new RowSet(rows) : null;

    /// <summary>Asks memory for what <see cref="Contains"/> will read.</summary>
    public void Prefetch(int row)
    {
        // An address outside is asked for in vain, and harmlessly.
        if (_bits is { } bits) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bits), row >> 6)));
        else Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_table), Place(row))));
    }

    /// <summary>Whether a row is on the list.</summary>
    public bool Contains(int row)
    {
        if (_bits is { } bits) return (uint)(row >> 6) < (uint)bits.Length && (bits[row >> 6] >> (row & 63) & 1) != 0;
        for (int at = Place(row); _table[at] != Empty; at = (at + 1) & _mask)
        {
            if (_table[at] == row) return true;
        }
        return false;
    }

    /// <summary>Equal for the same list, so that filters of the same lists are equal.</summary>
    public override bool Equals(object? obj) => obj is RowSet other && ReferenceEquals(Rows, other.Rows);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Rows);

    // Fibonacci hashing: neighbouring rows are spread, and the high bits are the well mixed ones.
    int Place(int row) => (int)(((uint)row * 0x9E3779B9) >> _shift);
}
