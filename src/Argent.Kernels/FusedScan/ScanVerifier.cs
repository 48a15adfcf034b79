using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Who of one query's candidates is eligible: exclusions, and the exact program where the mask may be wrong.</summary>
readonly unsafe ref struct ScanVerifier
{
    /// <summary>The tie breaker's bit that says "verified": below the item row, so that it never changes the order.</summary>
    const long Verified = 1;

    // Items whose values are fetched together.
    const int BatchSize = 64;

    readonly IvfTensors _index;
    readonly int[]? _excludedRows;
    readonly FilterProgram? _program;
    readonly ForwardValues? _forward;

    /// <summary>What <paramref name="filter"/> demands beyond the mask.</summary>
    public ScanVerifier(in FusedScanArgs args, QueryFilter? filter)
    {
        _index = args.Index;
        _excludedRows = filter?.ExcludedRows;
        if (filter is null || !FusedScanReference.NeedsVerification(filter, args.Words)) return;
        _program = filter.Program;
        _forward = args.Forward;
    }

    /// <summary>Whether a candidate may turn out not to be eligible.</summary>
    public bool IsNeeded => _program is not null || _excludedRows is not null;

    /// <summary>Verifies <paramref name="count"/> keys, moves the eligible ones to the front and returns how many.</summary>
    public int KeepEligible(long* keys, int count)
    {
        int* slots = stackalloc int[BatchSize];
        int left = 0;
        for (int first = 0; first < count; first += BatchSize)
        {
            int batch = Math.Min(BatchSize, count - first);
            FindSlots(keys + first, slots, batch);
            for (int i = 0; i < batch; i++)
            {
                long key = keys[first + i];
                if ((key & Verified) == 0 && !IsEligible((int)(RankKey.Tie(key) >> 1), slots[i])) continue;
                keys[left++] = key | Verified;
            }
        }
        return left;
    }

    /// <summary>Looks up the slots of a batch and asks memory for all their values, so that the waits overlap.</summary>
    void FindSlots(long* keys, int* slots, int count)
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

    bool IsEligible(int row, int slot) =>
        slot >= 0
        && (_excludedRows is null || Array.BinarySearch(_excludedRows, row) < 0)
        && (_program is null || ExactFilter.Matches(_program, _forward!, slot));
}
