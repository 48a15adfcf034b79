using System.Runtime.CompilerServices;

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

    readonly long* _keys;
    readonly long* _spare;
    readonly int _capacity;
    readonly int _kept;
    readonly IvfTensors _index;
    readonly QueryFilter? _filter;
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
        bool verifies = filter?.Program is { } program && (program.NeedsVerification || args.Words is null);
        _forward = verifies ? args.Forward : null;
        _filter = verifies || filter?.ExcludedRows is not null || filter?.OnlyRows is not null ? filter : null;
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
        if (_filter is not null) VerifyBest();
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
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            long key = _keys[i];
            if ((key & Verified) == 0 && !IsEligible((int)(RankKey.Tie(key) >> 1))) continue;
            _keys[left++] = key | Verified;
        }
        return left;
    }

    readonly bool IsEligible(int row)
    {
        if (!ExactFilter.AllowsRow(_filter!, row)) return false;
        if (_forward is null) return true;
        int slot = row < _index.SlotOfRow.Count ? _index.SlotOfRow.Pointer[row] : FusedScanArgs.NoSlot;
        return slot >= 0 && ExactFilter.Matches(_filter!.Program!, _forward, slot);
    }
}
