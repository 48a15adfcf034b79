using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// An exact program over up to 64 slots at a time: each leaf gives one bit a slot, operators combine words. It equals
/// <see cref="ExactFilter"/> and is several times faster, because all slots wait for memory together and a leaf's
/// kind is looked at once for all of them.
/// </summary>
readonly unsafe ref struct ExactBatch
{
    /// <summary>The most slots of a batch.</summary>
    public const int SlotsMax = 64;

    readonly ReadOnlySpan<int> _ops;
    readonly PlannedLeaf* _leaves;
    readonly ForwardColumn[] _columns;

    /// <summary>A program of <paramref name="ops"/> over the leaves of <paramref name="program"/>.</summary>
    public ExactBatch(FilterProgram program, ReadOnlySpan<int> ops, ForwardValues values)
    {
        _ops = ops;
        _leaves = program.ExactPlan.Leaves;
        _columns = values.Columns;
    }

    /// <summary>Asks memory for the values of all slots, so that the waits overlap.</summary>
    public void Prefetch(int* slots, int count)
    {
        foreach (int op in _ops)
        {
            if (op < 0) continue;
            var column = _columns[_leaves[op].Feature];
            long* first = column.IsOrdered ? column.Keys.Pointer : column.Ranges.Pointer;
            for (int i = 0; i < count; i++) Sse.Prefetch0(first + slots[i]);
        }
        foreach (int op in _ops)
        {
            if (op < 0 || _leaves[op].Kind == LeafKind.Exists) continue;
            var column = _columns[_leaves[op].Feature];
            if (column.IsOrdered) continue;
            long* ranges = column.Ranges.Pointer;
            int* values = column.Values.Pointer;
            for (int i = 0; i < count; i++) Sse.Prefetch0(values + (ranges[slots[i]] >> 16));
        }
    }

    /// <summary>One bit for each slot that matches.</summary>
    public ulong Matches(int* slots, int count) => Matches(slots, count == SlotsMax ? ~0UL : (1UL << count) - 1);

    /// <summary>One bit for each of the asked slots from 64 * <paramref name="word"/> on that matches.</summary>
    public ulong Matches(long word, ulong asked)
    {
        int* slots = stackalloc int[SlotsMax];
        for (int i = 0; i < SlotsMax; i++) slots[i] = (int)(word * SlotsMax) + i;
        return Matches(slots, asked);
    }

    /// <summary>One bit for each of the asked slots that matches.</summary>
    ulong Matches(int* slots, ulong all)
    {
        ulong* stack = stackalloc ulong[FilterProgram.StackMax];
        int top = -1;
        for (int i = 0; i < _ops.Length; i++)
        {
            int op = _ops[i];
            switch (op)
            {
                case FilterProgram.And:
                    top--;
                    stack[top] &= stack[top + 1];
                    break;
                case FilterProgram.Or:
                    top--;
                    stack[top] |= stack[top + 1];
                    break;
                case FilterProgram.Not:
                    stack[top] = ~stack[top];
                    break;
                case FilterProgram.All or FilterProgram.None:
                    stack[++top] = op == FilterProgram.All ? ~0UL : 0;
                    break;
                default:
                    // Where the operator that follows is already decided, the leaf is not asked.
                    int next = i + 1 < _ops.Length ? _ops[i + 1] : 0;
                    ulong asked = all;
                    if (next == FilterProgram.And) asked &= stack[top];
                    else if (next == FilterProgram.Or) asked &= ~stack[top];
                    stack[++top] = asked == 0 ? 0 : Leaf(_leaves + op, slots, asked);
                    break;
            }
        }
        return stack[0] & all;
    }

    ulong Leaf(PlannedLeaf* leaf, int* slots, ulong asked)
    {
        var column = _columns[leaf->Feature];
        if (column.IsOrdered) return Keys(leaf, column.Keys.Pointer, slots, asked);
        long* ranges = column.Ranges.Pointer;
        int* values = column.Values.Pointer;
        return leaf->Kind switch
        {
            LeafKind.Exists => Exists(ranges, slots, asked),
            LeafKind.HasAny when leaf->SetCount == 1 => HasOne(*leaf->Set, ranges, values, slots, asked),
            LeafKind.HasAny when leaf->Bits != null => HasBit(leaf, ranges, values, slots, asked),
            LeafKind.HasAny or LeafKind.HasAll => HasSet(leaf, ranges, values, slots, asked),
            _ => 0,
        };
    }

    static ulong Keys(PlannedLeaf* leaf, long* keys, int* slots, ulong asked)
    {
        var set = new ReadOnlySpan<long>(leaf->Set, leaf->SetCount);
        long low = leaf->Kind == LeafKind.Range ? leaf->Low : long.MinValue;
        long high = leaf->Kind == LeafKind.Range ? leaf->High : long.MaxValue;
        // All of a list: an ordered feature has one value, so the list must be that one.
        if (leaf->Kind == LeafKind.HasAll && set.Length > 0) (low, high) = (set[^1], set[0]);
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            long key = keys[slots[i]];
            bool matches = (key >= low) & (key <= high) & (key != ForwardColumn.MissingKey);
            if (matches && leaf->Kind == LeafKind.HasAny) matches = IsIn(leaf, set, key);
            found |= (matches ? 1UL : 0) << i;
        }
        return found;
    }

    static bool IsIn(PlannedLeaf* leaf, ReadOnlySpan<long> set, long value) =>
        leaf->Bits != null ? HasBit(leaf, value) : set.BinarySearch(value) >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool HasBit(PlannedLeaf* leaf, long value)
    {
        ulong at = (ulong)(value - leaf->Low);
        return at <= (ulong)(leaf->High - leaf->Low) && (leaf->Bits[at >> 6] >> (int)(at & 63) & 1) != 0;
    }

    static ulong Exists(long* ranges, int* slots, ulong asked)
    {
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            found |= ((ranges[slots[i]] & ForwardColumn.ValuesMax) != 0 ? 1UL : 0) << i;
        }
        return found;
    }

    static ulong HasOne(long value, long* ranges, int* values, int* slots, ulong asked)
    {
        if ((int)value != value) return 0;
        int id = (int)value;
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            long range = ranges[slots[i]];
            int* at = values + (range >> 16);
            bool has = false;
            for (var end = at + (range & ForwardColumn.ValuesMax); at < end; at++) has |= *at == id;
            found |= (has ? 1UL : 0) << i;
        }
        return found;
    }

    static ulong HasBit(PlannedLeaf* leaf, long* ranges, int* values, int* slots, ulong asked)
    {
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            long range = ranges[slots[i]];
            int* at = values + (range >> 16);
            bool has = false;
            for (var end = at + (range & ForwardColumn.ValuesMax); at < end; at++) has |= HasBit(leaf, *at);
            found |= (has ? 1UL : 0) << i;
        }
        return found;
    }

    static ulong HasSet(PlannedLeaf* leaf, long* ranges, int* values, int* slots, ulong asked)
    {
        var set = new ReadOnlySpan<long>(leaf->Set, leaf->SetCount);
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            long range = ranges[slots[i]];
            var ids = new ReadOnlySpan<int>(values + (range >> 16), (int)(range & ForwardColumn.ValuesMax));
            bool has = leaf->Kind == LeafKind.HasAny ? ExactFilter.HasAny(ids, set) : ExactFilter.HasAll(ids, set);
            found |= (has ? 1UL : 0) << i;
        }
        return found;
    }
}
