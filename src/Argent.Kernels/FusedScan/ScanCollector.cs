using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// The best items of one query so far: a buffer of keys that is cut to the best K eligible ones whenever it is full.
/// Items are verified then, and only those that would be kept.
/// </summary>
unsafe struct ScanCollector
{
    // What is verified beyond what is expected to be needed, so that a second round is usually the last.
    const int VerifySpare = 32;

    // A full tile of picked slots, and the keys that an append may overwrite beyond its end.
    const int TileRoom = ScanTile.ChosenMax + 8;

    readonly long* _keys;
    readonly int _capacity;
    readonly int _kept;
    int _count;

    /// <summary>A collector of the best <paramref name="kept"/> items.</summary>
    /// <param name="keys">Room for <paramref name="capacity"/> keys.</param>
    /// <param name="capacity">See <see cref="Capacity"/>.</param>
    /// <param name="kept">K0.</param>
    public ScanCollector(long* keys, int capacity, int kept)
    {
        _keys = keys;
        _capacity = capacity;
        _kept = kept;
        Threshold = float.MinValue;
    }

    /// <summary>
    /// Keys that a collector of the best <paramref name="kept"/> of at most <paramref name="candidates"/> items has room
    /// for: twice K0, so that a cut pays for itself, or every candidate, and a tile on top.
    /// </summary>
    public static int Capacity(long kept, long candidates) =>
        checked((int)(Math.Min(2 * kept + TileRoom, candidates) + 2 * TileRoom + 7) & ~7);

    /// <summary>The score that the next items must reach; float.MinValue until K eligible items are known.</summary>
    public float Threshold { get; private set; }

    /// <summary>Where the next keys go: room for a whole tile.</summary>
    public readonly long* End => _keys + _count;

    /// <summary>Items held.</summary>
    public readonly int Count => _count;

    /// <summary>The items' keys.</summary>
    public readonly long* Keys => _keys;

    /// <summary>Room for as many keys; collectors that work one after another may share it.</summary>
    public long* Spare;

    /// <summary>Whether <see cref="End"/> may lack room for a tile, so that <see cref="Reduce"/> must come first.</summary>
    public readonly bool IsFull => _count + TileRoom > _capacity;

    /// <summary>Accepts the keys up to <paramref name="end"/>.</summary>
    public void Accept(long* end) => _count = (int)(end - _keys);

    /// <summary>Keeps the best K eligible items, in any order.</summary>
    public void Reduce(in ScanVerifier verifier)
    {
        if (verifier.IsNeeded) VerifyBest(in verifier);
        if (_count > _kept)
        {
            KeySelection.Partition(_keys, _count, _kept, Spare);
            _count = _kept;
        }
        if (_count == _kept && _kept > 0) Threshold = RankKey.Score(KeySelection.Largest(_keys, _count));
    }

    /// <summary>Verifies best first until K are verified, and drops the others, or all are verified.</summary>
    void VerifyBest(in ScanVerifier verifier)
    {
        long tested = 0;
        for (int verified = 0; verified < _kept && verified < _count;)
        {
            int rest = _count - verified, batch = (int)Math.Min(rest, Wanted(_kept - verified, verified, tested));
            long* keys = _keys + verified;
            if (batch < rest) KeySelection.Partition(keys, rest, batch, Spare);
            int left = verifier.KeepEligible(keys, batch);
            int failed = batch - left, moved = Math.Min(failed, rest - batch);
            // The gap is filled from the end; what follows the best is in no order anyway.
            Unsafe.CopyBlockUnaligned(keys + left, _keys + _count - moved, (uint)moved * sizeof(long));
            _count -= failed;
            verified += left;
            tested += batch;
            // What was not tested is worse than the K that passed.
            if (verified >= _kept) _count = verified;
        }
    }

    /// <summary>How many to test so that <paramref name="lacking"/> more pass, if as many pass as did before.</summary>
    static long Wanted(int lacking, int passed, long tested) =>
        tested == 0 ? lacking : VerifySpare + lacking + lacking * (tested - passed) * 5 / (4 * Math.Max(1L, passed));
}
