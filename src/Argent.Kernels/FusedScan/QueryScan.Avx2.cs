using System.Numerics;

namespace Argent.Kernels;

/// <summary>One query on its way through its lists, or through one part of them.</summary>
unsafe ref struct QueryScan
{
    // From this many survivors of 64 on, scoring all 64 rows as a run is cheaper than picking rows.
    const int RunMin = 48;

    readonly ScanTile* _tile;
    readonly ulong* _runMasks;
    readonly byte* _chosenMasks;
    readonly int* _chosen;
    readonly ulong* _live;
    readonly BlockMask _mask;
    ref ScanCollector _collector;
    int _chosenCount;

    /// <summary>A scan in working memory of <see cref="Bytes"/>.</summary>
    public QueryScan(byte* memory, in FusedScanArgs args, int query, in BlockMask mask, ref ScanCollector collector)
    {
        _collector = ref collector;
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

    /// <summary>Bytes of working memory for codes of <paramref name="dim"/>.</summary>
    public static long Bytes(int dim) =>
        ThreadMemory.Aligned(sizeof(ScanTile)) + ScanTile.SlotsMax * (3 * sizeof(int) + 1) + BlockMask.StackBytes
        + ThreadMemory.Aligned(dim);

    /// <summary>Scans slots [<paramref name="first"/>, <paramref name="end"/>) of one list; first is a multiple of 64.</summary>
    public void Scan(long first, long end)
    {
        long endWord = (end + 63) / 64;
        for (long word = first / 64; word < endWord;)
        {
            long block = word / FilterWords.BlockWords;
            long blockEnd = Math.Min((block + 1) * FilterWords.BlockWords, endWord);
            ulong* mask = _mask.Ops == null ? null : _mask.Evaluate(block);
            ScanWords(word, blockEnd, end, mask);
            word = blockEnd;
        }
    }

    /// <summary>Scores what is still waiting.</summary>
    public void Finish() => ScoreChosen();

    static T* Take<T>(ref byte* memory, int count) where T : unmanaged
    {
        var taken = (T*)memory;
        memory += ThreadMemory.Aligned((long)count * sizeof(T));
        return taken;
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
        _collector.Reserve();
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
            *end++ = (int)(word * 64) + BitOperations.TrailingZeroCount(survivors);
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
        _collector.Reserve();
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
