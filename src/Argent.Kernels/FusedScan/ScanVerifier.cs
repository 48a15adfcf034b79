using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Who of one query's candidates is eligible: exclusions, and the exact program where the mask may be wrong.</summary>
readonly unsafe ref struct ScanVerifier
{
    /// <summary>The tie breaker's bit that says "verified": below the item row, so that it never changes the order.</summary>
    const long Verified = 1;

    // Items whose values are fetched together: enough that memory's latency is waited for once for many of them, few
    // enough that their lines stay in the second-level cache.
    const int WaitingMax = 512;

    readonly IvfTensors _index;
    readonly int[]? _excludedRows;
    readonly RowSet? _excludedSet;
    readonly bool _hasProgram;
    readonly ExactBatch _program;

    /// <summary>What <paramref name="filter"/> demands beyond the mask.</summary>
    public ScanVerifier(in FusedScanArgs args, QueryFilter? filter)
    {
        _index = args.Index;
        _excludedRows = filter?.ExcludedRows;
        _excludedSet = filter?.Excluded;
        if (filter is null || !FusedScanReference.NeedsVerification(filter, args.Words)) return;
        _hasProgram = true;
        _program = new ExactBatch(filter.Program!, Ops(in args, filter), args.Forward!);
    }

    /// <summary>What the program still has to decide of items that the mask lets pass.</summary>
    public static ReadOnlySpan<int> Ops(in FusedScanArgs args, QueryFilter filter) => Ops(args.Words, filter);

    /// <summary>The same for a filter index.</summary>
    public static ReadOnlySpan<int> Ops(FilterWords? words, QueryFilter filter)
    {
        // With an allow-list, or without a filter index, no mask has decided anything.
        bool isMasked = words is not null && filter.OnlyRows is null;
        return (isMasked ? filter.Program!.OpenOps : null) ?? filter.Program!.ExactOps;
    }

    /// <summary>Whether a candidate may turn out not to be eligible.</summary>
    public bool IsNeeded => _hasProgram || _excludedRows is not null;

    /// <summary>Verifies <paramref name="count"/> keys, moves the eligible ones to the front and returns how many.</summary>
    public int KeepEligible(long* keys, int count)
    {
        long* waiting = stackalloc long[WaitingMax];
        int left = 0, group = 0;
        for (int i = 0; i < count; i++)
        {
            long key = keys[i];
            if ((key & Verified) != 0) keys[left++] = key;
            else
            {
                waiting[group++] = key;
                if (group < WaitingMax) continue;
                left += KeepEligible(waiting, group, keys + left);
                group = 0;
            }
        }
        return left + KeepEligible(waiting, group, keys + left);
    }

    /// <summary>Writes those keys of a group that are eligible and returns how many.</summary>
    int KeepEligible(long* waiting, int count, long* keys)
    {
        int* slots = stackalloc int[WaitingMax];
        ulong* eligible = stackalloc ulong[WaitingMax / ExactBatch.SlotsMax];
        FindSlots(waiting, slots, eligible, count);
        if (_hasProgram) _program.Prefetch(slots, count);
        int left = 0;
        for (int first = 0; first < count; first += ExactBatch.SlotsMax)
        {
            ulong batch = eligible[first / ExactBatch.SlotsMax];
            if (_hasProgram && batch != 0) batch &= _program.Matches(slots + first, Math.Min(ExactBatch.SlotsMax, count - first));
            for (; batch != 0; batch &= batch - 1)
            {
                keys[left++] = waiting[first + BitOperations.TrailingZeroCount(batch)] | Verified;
            }
        }
        return left;
    }

    /// <summary>The slots of a group; one bit for each that has one and is not excluded. Others read slot 0 harmlessly.</summary>
    void FindSlots(long* keys, int* slots, ulong* found, int count)
    {
        int* slotOfRow = _index.SlotOfRow.Pointer;
        long rows = _index.SlotOfRow.Count;
        new Span<ulong>(found, WaitingMax / ExactBatch.SlotsMax).Clear();
        for (int i = 0; i < count; i++)
        {
            uint row = RankKey.Tie(keys[i]) >> 1;
            Sse.Prefetch0(slotOfRow + Math.Min(row, rows - 1));
            _excludedSet?.Prefetch((int)row);
        }
        for (int i = 0; i < count; i++)
        {
            uint row = RankKey.Tie(keys[i]) >> 1;
            int slot = row < rows ? slotOfRow[row] : FusedScanArgs.NoSlot;
            found[i / ExactBatch.SlotsMax] |= (slot >= 0 && !IsExcluded((int)row) ? 1UL : 0) << (i % ExactBatch.SlotsMax);
            slots[i] = Math.Max(slot, 0);
        }
    }

    bool IsExcluded(int row) => _excludedSet is not null
        ? _excludedSet.Contains(row)
        : _excludedRows is not null && Array.BinarySearch(_excludedRows, row) >= 0;
}
