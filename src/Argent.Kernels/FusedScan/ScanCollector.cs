using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The best items of one query so far: a buffer of keys that is cut to the best K eligible ones whenever it is full.
/// Items are verified then, and only those that would be kept.
/// </summary>
unsafe struct ScanCollector
{
    /// <summary>The tie breaker's bit that says "verified": below the item row, so that it never changes the order.</summary>
    const long Verified = 1;

    // A few rounds of "verify the best K, replace those that fail"; a filter that fails most items gets all verified.
    const int RoundsMax = 4;

    // Items whose values are fetched together.
    const int BatchSize = 64;

    readonly long* _keys;
    readonly long* _spare;
    readonly int _capacity;
    readonly int _kept;
    readonly IvfTensors _index;
    readonly int[]? _excludedRows;
    readonly FilterProgram? _program;
    readonly ForwardValues? _forward;
    int _count;

    /// <summary>A collector of the best <paramref name="kept"/> items, in working memory of <see cref="Bytes"/>.</summary>
    public ScanCollector(byte* memory, int kept, in FusedScanArgs args, QueryFilter? filter)
    {
        _capacity = Capacity(kept);
        _keys = (long*)memory;
        _spare = _keys + _capacity;
        _kept = kept;
        _index = args.Index;
        _excludedRows = filter?.ExcludedRows;
        if (filter is null || !FusedScanReference.NeedsVerification(filter, args.Words)) return;
        _program = filter.Program;
        _forward = args.Forward;
    }

    /// <summary>The score that the next items must reach; float.MinValue until K eligible items are known.</summary>
    public float Threshold { get; private set; } = float.MinValue;

    /// <summary>Where the next keys go: room for a whole tile.</summary>
    public readonly long* End => _keys + _count;

    /// <summary>Items held.</summary>
    public readonly int Count => _count;

    /// <summary>The items' keys.</summary>
    public readonly long* Keys => _keys;

    /// <summary>Room for as many keys.</summary>
    public readonly long* Spare => _spare;

    /// <summary>Bytes of working memory for the best <paramref name="kept"/> items.</summary>
    public static long Bytes(int kept) => ThreadMemory.Aligned(2L * Capacity(kept) * sizeof(long));

    /// <summary>Makes sure that a whole tile fits at <see cref="End"/>.</summary>
    public void Reserve()
    {
        if (_count + ScanTile.SlotsMax + 8 > _capacity) Reduce();
    }

    /// <summary>Accepts the keys up to <paramref name="end"/>.</summary>
    public void Accept(long* end) => _count = (int)(end - _keys);

    /// <summary>Keeps the best K eligible items, in any order.</summary>
    public void Reduce()
    {
        if (_program is not null || _excludedRows is not null) VerifyBest();
        if (_count > _kept)
        {
            KeySelection.Partition(_keys, _count, _kept, _spare);
            _count = _kept;
        }
        if (_count == _kept && _kept > 0) Threshold = RankKey.Score(KeySelection.Largest(_keys, _count));
    }

    // Twice K so that a cut pays for itself, and a tile's room: a cut leaves K, so at least K more keys fit after it.
    static int Capacity(int kept) => checked(2 * kept + 4 * ScanTile.SlotsMax);

    /// <summary>Verifies until the best K of what is left are all verified.</summary>
    void VerifyBest()
    {
        for (int round = 0; ; round++)
        {
            int best = round < RoundsMax ? Math.Min(_kept, _count) : _count;
            if (best < _count) KeySelection.Partition(_keys, _count, best, _spare);
            int left = VerifyFirst(best);
            int failed = best - left;
            // The gap is filled from the end; what follows the best is in no order anyway.
            int moved = Math.Min(failed, _count - best);
            Unsafe.CopyBlockUnaligned(_keys + left, _keys + _count - moved, (uint)moved * sizeof(long));
            bool whole = best == _count;
            _count -= failed;
            if (failed == 0 || whole) return;
        }
    }

    /// <summary>Verifies the first <paramref name="count"/> items, moves the eligible ones together and counts them.</summary>
    readonly int VerifyFirst(int count)
    {
        int* slots = stackalloc int[BatchSize];
        int left = 0;
        for (int first = 0; first < count; first += BatchSize)
        {
            int batch = Math.Min(BatchSize, count - first);
            FindSlots(_keys + first, slots, batch);
            for (int i = 0; i < batch; i++)
            {
                long key = _keys[first + i];
                if ((key & Verified) == 0 && !IsEligible((int)(RankKey.Tie(key) >> 1), slots[i])) continue;
                _keys[left++] = key | Verified;
            }
        }
        return left;
    }

    /// <summary>Looks up the slots of a batch and asks memory for all their values, so that the waits overlap.</summary>
    readonly void FindSlots(long* keys, int* slots, int count)
    {
        int* slotOfRow = _index.SlotOfRow.Pointer;
        long rows = _index.SlotOfRow.Count;
        for (int i = 0; i < count; i++)
        {
            uint row = RankKey.Tie(keys[i]) >> 1;
            slots[i] = row < rows ? slotOfRow[row] : FusedScanArgs.NoSlot;
        }
        if (_program is null) return;
        foreach (ref readonly var leaf in _program.ExactLeaves.AsSpan())
        {
            var column = _forward!.Columns[leaf.Feature];
            long* first = column.IsOrdered ? column.Keys.Pointer : column.Ranges.Pointer;
            for (int i = 0; i < count; i++) Sse.Prefetch0(first + Math.Max(slots[i], 0));
            if (column.IsOrdered) continue;
            int* values = column.Values.Pointer;
            for (int i = 0; i < count; i++) Sse.Prefetch0(values + (first[Math.Max(slots[i], 0)] >> 16));
        }
    }

    readonly bool IsEligible(int row, int slot) =>
        slot >= 0
        && (_excludedRows is null || Array.BinarySearch(_excludedRows, row) < 0)
        && (_program is null || ExactFilter.Matches(_program, _forward!, slot));
}
