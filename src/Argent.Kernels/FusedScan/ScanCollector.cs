using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// The best items of one query so far: a buffer of keys that is cut to the best K eligible ones whenever it is full.
/// Items are verified then, and only those that would be kept.
/// </summary>
unsafe struct ScanCollector
{
    // A few rounds of "verify the best K, replace those that fail"; a filter that fails most items gets all verified.
    const int RoundsMax = 4;

    readonly long* _keys;
    readonly long* _spare;
    readonly int _capacity;
    readonly int _kept;
    int _count;

    /// <summary>A collector of the best <paramref name="kept"/> items, in working memory of <see cref="Bytes"/>.</summary>
    public ScanCollector(byte* memory, int kept)
    {
        _capacity = Capacity(kept);
        _keys = (long*)memory;
        _spare = _keys + _capacity;
        _kept = kept;
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
    public void Reserve(in ScanVerifier verifier)
    {
        if (_count + ScanTile.SlotsMax + 8 > _capacity) Reduce(in verifier);
    }

    /// <summary>Accepts the keys up to <paramref name="end"/>.</summary>
    public void Accept(long* end) => _count = (int)(end - _keys);

    /// <summary>Keeps the best K eligible items, in any order.</summary>
    public void Reduce(in ScanVerifier verifier)
    {
        if (verifier.IsNeeded) VerifyBest(in verifier);
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
    void VerifyBest(in ScanVerifier verifier)
    {
        for (int round = 0; ; round++)
        {
            int best = round < RoundsMax ? Math.Min(_kept, _count) : _count;
            if (best < _count) KeySelection.Partition(_keys, _count, best, _spare);
            int left = verifier.KeepEligible(_keys, best);
            int failed = best - left;
            // The gap is filled from the end; what follows the best is in no order anyway.
            int moved = Math.Min(failed, _count - best);
            Unsafe.CopyBlockUnaligned(_keys + left, _keys + _count - moved, (uint)moved * sizeof(long));
            bool whole = best == _count;
            _count -= failed;
            if (failed == 0 || whole) return;
        }
    }
}
