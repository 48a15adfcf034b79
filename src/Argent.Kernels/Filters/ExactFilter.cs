namespace Argent.Kernels;

/// <summary>Whether an item is eligible, decided from its forward values: the exact half of a filter.</summary>
public static unsafe class ExactFilter
{
    /// <summary>Whether the item in <paramref name="slot"/> matches the exact program.</summary>
    public static bool Matches(FilterProgram program, ForwardValues values, int slot)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(values);
        // The stack is the bits of one word, its top the lowest: programs are at most 64 deep.
        ulong stack = 0;
        foreach (int op in program.ExactOps)
        {
            ulong top = stack & 1;
            stack = op switch
            {
                FilterProgram.And => (stack >> 1) & (top | ~1UL),
                FilterProgram.Or => (stack >> 1) | top,
                FilterProgram.Not => stack ^ 1,
                FilterProgram.All => (stack << 1) | 1,
                FilterProgram.None => stack << 1,
                _ => (stack << 1) | (Matches(program, program.ExactLeaves[op], values, slot) ? 1UL : 0UL),
            };
        }
        return (stack & 1) != 0;
    }

    /// <summary>Whether the item in <paramref name="slot"/> may be shown to the query: program and row lists together.</summary>
    public static bool Matches(QueryFilter filter, ForwardValues? values, int slot, int row)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return AllowsRow(filter, row) && (filter.Program is null || Matches(filter.Program, values!, slot));
    }

    /// <summary>Whether the filter's row lists let <paramref name="row"/> pass.</summary>
    public static bool AllowsRow(QueryFilter filter, int row)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return (filter.ExcludedRows is null || Array.BinarySearch(filter.ExcludedRows, row) < 0)
            && (filter.OnlyRows is null || Array.BinarySearch(filter.OnlyRows, row) >= 0);
    }

    static bool Matches(FilterProgram program, in ExactLeaf leaf, ForwardValues values, int slot)
    {
        var column = values.Columns[leaf.Feature];
        var set = new ReadOnlySpan<long>(program.Values, leaf.SetStart, leaf.SetCount);
        if (column.IsOrdered) return MatchesKey(in leaf, set, column.Keys.Pointer[slot]);
        var ids = column.Ids(slot);
        return leaf.Kind switch
        {
            LeafKind.HasAny => HasAny(ids, set),
            LeafKind.HasAll => HasAll(ids, set),
            LeafKind.Exists => ids.Length > 0,
            _ => false,
        };
    }

    static bool MatchesKey(in ExactLeaf leaf, ReadOnlySpan<long> set, long key) =>
        key != ForwardColumn.MissingKey && leaf.Kind switch
        {
            LeafKind.HasAny => set.BinarySearch(key) >= 0,
            LeafKind.HasAll => set.Length == 0 || (set[0] == key && set[^1] == key),
            LeafKind.Range => leaf.Low <= key && key <= leaf.High,
            _ => true,
        };

    internal static bool HasAny(ReadOnlySpan<int> ids, ReadOnlySpan<long> set)
    {
        // Both ascend: the shorter is walked, the longer searched.
        if (set.Length < ids.Length)
        {
            foreach (long value in set)
            {
                if (Has(ids, value)) return true;
            }
            return false;
        }
        foreach (int id in ids)
        {
            if (set.BinarySearch((long)id) >= 0) return true;
        }
        return false;
    }

    internal static bool HasAll(ReadOnlySpan<int> ids, ReadOnlySpan<long> set)
    {
        foreach (long value in set)
        {
            if (!Has(ids, value)) return false;
        }
        return true;
    }

    static bool Has(ReadOnlySpan<int> ids, long value) => (int)value == value && ids.BinarySearch((int)value) >= 0;
}
