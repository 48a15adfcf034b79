using System.Numerics;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Lists of item ids, as <c>exclude</c> and <c>only</c> hold them, to rows. Rows are marked in a bitmap and read back in
/// order, which sorts them and leaves each once; the bitmap is kept for the next list.
/// </summary>
sealed class ItemLists(ItemIds ids, IvfTensors lists)
{
    // Lists that may be held, as multiples of nprobe: what the first two rounds of a widening probe would scan.
    const int HoldingMax = 4;

    readonly Stack<RowMarks> _marks = [];
    int[]? _listOfWord;

    /// <summary>Rows of the ids that there are, ascending and distinct.</summary>
    public int[] Rows(ReadOnlySpan<string> texts)
    {
        if (texts.Length == 0) return [];
        Span<int> rows = stackalloc int[ItemIds.BatchMax];
        var marks = Borrow();
        for (int first = 0; first < texts.Length; first += rows.Length)
        {
            var batch = texts.Slice(first, Math.Min(rows.Length, texts.Length - first));
            ids.Find(batch, rows);
            marks.Add(rows[..batch.Length]);
        }
        int[] distinct = marks.Take();
        lock (_marks) _marks.Push(marks);
        return distinct;
    }

    /// <summary>The inverted lists that hold these rows, ascending; null when they are so many that a probe scans less.</summary>
    public int[]? Holding(ReadOnlySpan<int> rows, int nprobe)
    {
        ulong[] held = new ulong[(lists.NList + 63) / 64];
        int[] listOfWord = ListOfWord();
        var slots = lists.SlotOfRow.Span;
        int count = 0;
        foreach (int row in rows)
        {
            int slot = slots[row];
            if (slot < 0) continue;
            int list = listOfWord[slot / 64];
            ulong bit = 1UL << (list & 63);
            if ((held[list >> 6] & bit) != 0) continue;
            held[list >> 6] |= bit;
            if (++count > (long)HoldingMax * nprobe) return null;
        }
        int[] holding = new int[count];
        int next = 0;
        for (int w = 0; w < held.Length; w++)
        {
            for (ulong left = held[w]; left != 0; left &= left - 1) holding[next++] = w * 64 + BitOperations.TrailingZeroCount(left);
        }
        return holding;
    }

    /// <summary>The list of each 64 slots, which are never of two; made with the first allow-list.</summary>
    int[] ListOfWord()
    {
        if (Volatile.Read(ref _listOfWord) is { } made) return made;
        int[] listOfWord = new int[(int)(lists.Rows.Count / 64)];
        for (int l = 0; l < lists.NList; l++) listOfWord.AsSpan((lists.ListStart[l] / 64)..(lists.ListStart[l + 1L] / 64)).Fill(l);
        Volatile.Write(ref _listOfWord, listOfWord);
        return listOfWord;
    }

    RowMarks Borrow()
    {
        lock (_marks)
        {
            if (_marks.TryPop(out var marks)) return marks;
        }
        return new RowMarks(ids.Count);
    }

    /// <summary>A set of rows as bits, and bits that say which words of them are not 0.</summary>
    sealed class RowMarks(int rows)
    {
        readonly ulong[] _bits = new ulong[(rows + 63) / 64];
        readonly ulong[] _words = new ulong[(rows + 4095) / 4096];
        int _count;

        /// <summary>Adds rows; negative ones are none.</summary>
        public void Add(ReadOnlySpan<int> added)
        {
            foreach (int row in added)
            {
                if (row < 0) continue;
                ref ulong word = ref _bits[row >> 6];
                ulong bit = 1UL << (row & 63);
                _count += (word & bit) == 0 ? 1 : 0;
                word |= bit;
                _words[row >> 12] |= 1UL << (row >> 6 & 63);
            }
        }

        /// <summary>The rows, ascending; the set is empty afterwards.</summary>
        public int[] Take()
        {
            int[] taken = GC.AllocateUninitializedArray<int>(_count);
            int next = 0;
            for (int w = 0; w < _words.Length; w++)
            {
                for (; _words[w] != 0; _words[w] &= _words[w] - 1)
                {
                    int at = w * 64 + BitOperations.TrailingZeroCount(_words[w]);
                    for (ulong left = _bits[at]; left != 0; left &= left - 1)
                    {
                        taken[next++] = at * 64 + BitOperations.TrailingZeroCount(left);
                    }
                    _bits[at] = 0;
                }
            }
            _count = 0;
            return taken;
        }
    }
}
