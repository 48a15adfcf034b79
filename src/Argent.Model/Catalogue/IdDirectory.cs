using System.Runtime.Intrinsics.X86;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Where ascending integer ids stand: their span in ranges of equal width, and the first row of each. Ids that are spread
/// evenly share a range with few others, so that a long list of ids waits for memory twice and not for every step of a
/// binary search; ids that crowd in a few ranges are searched there.
/// </summary>
sealed unsafe class IdDirectory
{
    /// <summary>The most ids of one <see cref="Find"/>.</summary>
    public const int BatchMax = 64;

    // Between this many and half of it: two entries of the directory take as much memory as an id.
    const int IdsPerRange = 8;

    const int IdsPerLine = 8, LinesAhead = 4;

    readonly Tensor<long> _ids;
    readonly ulong _span;
    readonly int _shift;
    readonly int[] _start; // [ranges + 1]
    readonly int _most;    // ids of the fullest range

    /// <summary>The directory of ascending ids: one pass over them.</summary>
    public IdDirectory(Tensor<long> ids)
    {
        _ids = ids;
        long count = ids.Count;
        long* id = ids.Pointer;
        _span = count == 0 ? 0 : (ulong)(id[count - 1] - id[0]);
        while (_shift < 63 && _span >> _shift >= (ulong)(2 * count / IdsPerRange + 1)) _shift++;
        _start = new int[(int)(_span >> _shift) + 2];
        int range = 0;
        for (int row = 0; row < count; row++)
        {
            int of = (int)((ulong)(id[row] - id[0]) >> _shift);
            while (range < of) _start[++range] = row;
        }
        while (range < _start.Length - 1) _start[++range] = (int)count;
        for (range = 1; range < _start.Length; range++) _most = Math.Max(_most, _start[range] - _start[range - 1]);
    }

    /// <summary>The row of each id, or -1.</summary>
    public void Find(ReadOnlySpan<long> wanted, Span<int> rows)
    {
        int count = (int)_ids.Count, most = _most, shift = _shift;
        if (count == 0)
        {
            rows[..wanted.Length].Fill(-1);
            return;
        }
        long* ids = _ids.Pointer;
        long first = *ids;
        ulong span = _span;
        fixed (int* start = _start)
        {
            // The waits of one step overlap for all ids of a batch. An id outside the span is looked for in the last range.
            foreach (long id in wanted) Prefetch(start + (Math.Min((ulong)(id - first), span) >> shift));
            for (int i = 0; i < wanted.Length; i++)
            {
                int low = Math.Min(start[Math.Min((ulong)(wanted[i] - first), span) >> shift], count - most);
                rows[i] = low;
                for (int line = 0; line < Math.Min(most, LinesAhead * IdsPerLine); line += IdsPerLine) Prefetch(ids + low + line);
            }
            for (int i = 0; i < wanted.Length; i++) rows[i] = Row(ids, rows[i], most, wanted[i]);
        }
    }

    static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>
    /// The row of an id among <paramref name="count"/> from <paramref name="low"/> on, or -1. The same steps for every id and
    /// none that depends on a comparison: a processor that guesses branches would guess wrong at every second.
    /// </summary>
    static int Row(long* ids, int low, int count, long id)
    {
        for (int left = count; left > 1;)
        {
            int half = left >> 1;
            low += (ids[low + half - 1] < id ? 1 : 0) * half;
            left -= half;
        }
        return ids[low] == id ? low : -1;
    }
}
