using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>One query on its way through its lists, or through one part of them.</summary>
unsafe ref struct QueryScan
{
    // From this many survivors of 64 on, scoring all 64 rows as a run is cheaper than picking rows.
    const int RunMin = 24;

    readonly ScanTile* _tile;
    readonly ulong* _runMasks;
    readonly byte* _chosenMasks;
    readonly int* _chosen;
    readonly long* _ranges;
    readonly IvfTensors _index;
    readonly ulong* _live;
    readonly BlockMask _mask;
    readonly ScanVerifier _verifier;
    ref ScanCollector _collector;
    int _chosenCount;

    /// <summary>A scan in working memory of <see cref="Bytes"/>.</summary>
    public QueryScan(byte* memory, in FusedScanArgs args, int query, in BlockMask mask, ref ScanCollector collector)
    {
        _verifier = new ScanVerifier(in args, args.Filters[query]);
        _collector = ref collector;
        _index = args.Index;
        _live = args.Index.Live.Pointer;
        _mask = mask;
        _tile = (ScanTile*)memory;
        memory += ThreadMemory.Aligned(sizeof(ScanTile));
        float* scores = Take<float>(ref memory, ScanTile.SlotsMax);
        int* tileRows = Take<int>(ref memory, ScanTile.SlotsMax);
        _chosen = Take<int>(ref memory, ScanTile.SlotsMax);
        _runMasks = Take<ulong>(ref memory, ScanTile.SlotsMax / 64);
        _chosenMasks = Take<byte>(ref memory, ScanTile.SlotsMax / 8);
        _mask.Stack = Take<ulong>(ref memory, BlockMask.StackBytes / sizeof(ulong));
        _ranges = Take<long>(ref memory, (int)args.Lists.Shape[1]);
        int dim = args.Index.PaddedDim;
        *_tile = new ScanTile
        {
            Codes = args.Index.Codes.Pointer,
            Scales = args.Index.Scales.Pointer,
            Bias = args.Index.Bias.Pointer,
            Rows = args.Index.Rows.Pointer,
            Dim = dim,
            Query = args.Queries.Pointer + (long)query * dim,
            QueryAbs = memory,
            QueryScale = args.QueryScales.Pointer[query],
            Scores = scores,
            TileRows = tileRows,
        };
        for (int d = 0; d < dim; d++) _tile->QueryAbs[d] = (byte)Math.Abs((int)_tile->Query[d]);
    }

    /// <summary>Live slots seen that pass the mask.</summary>
    public long Masked { get; private set; }

    /// <summary>Bytes of working memory.</summary>
    public static long Bytes(in FusedScanArgs args) =>
        ThreadMemory.Aligned(sizeof(ScanTile)) + ScanTile.SlotsMax * (3 * sizeof(int) + 1) + BlockMask.StackBytes
        + ThreadMemory.Aligned(args.Lists.Shape[1] * sizeof(long)) + ThreadMemory.Aligned(args.Index.PaddedDim);

    /// <summary>Asks memory for what the mask of a list's first slots is made of.</summary>
    public readonly void PrefetchMask(long firstSlot)
    {
        if (_mask.IsPresent) _mask.Prefetch(firstSlot / FilterWords.BlockSlots);
    }

    /// <summary>Scans slots [<paramref name="first"/>, <paramref name="end"/>) of one list; first is a multiple of 64.</summary>
    public void Scan(long first, long end)
    {
        long endWord = (end + 63) / 64;
        for (long word = first / 64; word < endWord;)
        {
            long block = word / FilterWords.BlockWords;
            long blockEnd = Math.Min((block + 1) * FilterWords.BlockWords, endWord);
            ulong* mask = null;
            if (_mask.IsPresent)
            {
                if (blockEnd < endWord) _mask.Prefetch(block + 1);
                mask = _mask.Evaluate(block);
            }
            ScanWords(word, blockEnd, end, mask);
            word = blockEnd;
        }
    }

    /// <summary>
    /// Scans the items of an allow-list that lie in <paramref name="lists"/>; <paramref name="previous"/> is the row
    /// before the first, or -1.
    /// </summary>
    public void ScanRows(ReadOnlySpan<int> rows, int previous, ReadOnlySpan<int> lists)
    {
        var ranges = SortRanges(lists);
        int* slotOfRow = _index.SlotOfRow.Pointer;
        long rowCount = _index.SlotOfRow.Count;
        foreach (int row in rows)
        {
            // A row that is repeated, or no row at all.
            if (row <= previous || row >= rowCount) continue;
            previous = row;
            int slot = slotOfRow[row];
            if (slot < 0 || !IsWithin(ranges, slot) || (_live[slot >> 6] >> (slot & 63) & 1) == 0) continue;
            Masked++;
            Choose(slot >> 6, 1UL << (slot & 63), 1);
        }
    }

    /// <summary>Scores what is still waiting and leaves the best K eligible items in the collector.</summary>
    public void Finish()
    {
        ScoreChosen();
        _collector.Reduce(in _verifier);
    }

    static T* Take<T>(ref byte* memory, int count) where T : unmanaged
    {
        var taken = (T*)memory;
        memory += ThreadMemory.Aligned((long)count * sizeof(T));
        return taken;
    }

    /// <summary>First slot and end of each list, as upper and lower half, ascending.</summary>
    readonly ReadOnlySpan<long> SortRanges(ReadOnlySpan<int> lists)
    {
        int count = 0;
        foreach (int list in lists)
        {
            if (list < 0) continue;
            long first = _index.ListStart.Pointer[list];
            _ranges[count++] = (first << 32) | (uint)(first + _index.ListCount.Pointer[list]);
        }
        var ranges = new Span<long>(_ranges, count);
        ranges.Sort();
        return ranges;
    }

    static bool IsWithin(ReadOnlySpan<long> ranges, int slot)
    {
        int at = ranges.BinarySearch(((long)slot << 32) | uint.MaxValue);
        int before = at < 0 ? ~at - 1 : at;
        return before >= 0 && slot < (int)ranges[before];
    }

    /// <summary>Scans words of one block, masked by the block's words.</summary>
    void ScanWords(long word, long endWord, long endSlot, ulong* mask)
    {
        int run = 0;
        for (; word < endWord; word++)
        {
            ulong survivors = _live[word];
            if (mask != null) survivors &= mask[word & (FilterWords.BlockWords - 1)];
            long slotsLeft = endSlot - word * 64;
            if (slotsLeft < 64) survivors &= (1UL << (int)slotsLeft) - 1;
            int count = BitOperations.PopCount(survivors);
            Masked += count;
            if (count >= RunMin)
            {
                _runMasks[run++] = survivors;
                continue;
            }
            if (run > 0) ScoreRun(word - run, run);
            run = 0;
            if (count > 0) Choose(word, survivors, count);
        }
        if (run > 0) ScoreRun(word - run, run);
    }

    void ScoreRun(long firstWord, int words)
    {
        _collector.Reserve(in _verifier);
        ScanTile.ScoreRun(_tile, firstWord * 64, words * 64);
        Append(_tile->Rows + firstWord * 64, (byte*)_runMasks, words * 64);
    }

    void Choose(long word, ulong survivors, int count)
    {
        if (_chosenCount + count > ScanTile.SlotsMax) ScoreChosen();
        int* end = _chosen + _chosenCount;
        _chosenCount += count;
        for (; survivors != 0; survivors &= survivors - 1)
        {
            int slot = (int)(word * 64) + BitOperations.TrailingZeroCount(survivors);
            // Picked rows are too far apart for the processor to foresee.
            sbyte* codes = _tile->Codes + (long)slot * _tile->Dim;
            for (int line = 0; line < _tile->Dim; line += 64) Sse.Prefetch0(codes + line);
            *end++ = slot;
        }
    }

    void ScoreChosen()
    {
        if (_chosenCount == 0) return;
        int whole = (_chosenCount + 7) & ~7;
        new Span<byte>(_chosenMasks, whole / 8).Fill(0xFF);
        int last = _chosenCount % 8;
        if (last > 0) _chosenMasks[whole / 8 - 1] = (byte)((1 << last) - 1);
        // The places beyond the last repeat it and are masked.
        new Span<int>(_chosen + _chosenCount, whole - _chosenCount).Fill(_chosen[_chosenCount - 1]);
        _collector.Reserve(in _verifier);
        ScanTile.ScoreChosen(_tile, _chosen, whole);
        Append(_tile->TileRows, _chosenMasks, whole);
        _chosenCount = 0;
    }

    readonly void Append(int* rows, byte* masks, int count)
    {
        _tile->Masks = masks;
        _tile->Threshold = _collector.Threshold;
        _collector.Accept(ScanTile.Append(_tile, rows, count, _collector.End));
    }
}
