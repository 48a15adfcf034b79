namespace Argent.Kernels;

/// <summary>Which slots a group scans, in which order: one part of its lists, or of an allow-list.</summary>
readonly unsafe ref struct GroupWalk<TDot>
    where TDot : struct, IInt8Dot
{
    readonly ref readonly FusedScanArgs _args;
    readonly GroupMemory _memory;
    readonly int _count;
    readonly int _part;
    readonly int _parts;
    readonly int* _listStart;
    readonly int* _listCount;

    /// <summary>The way of a group of <paramref name="count"/> queries.</summary>
    public GroupWalk(in FusedScanArgs args, in GroupMemory memory, int count, (int Number, int Of) part)
    {
        _args = ref args;
        _memory = memory;
        _count = count;
        (_part, _parts) = part;
        _listStart = args.Index.ListStart.Pointer;
        _listCount = args.Index.ListCount.Pointer;
    }

    /// <summary>Scans everything.</summary>
    public void Run(ref GroupScan<TDot> scan)
    {
        if (_count > 1)
        {
            FindNearLists();
            ScanRound(isNear: true, ref scan);
            ScanRound(isNear: false, ref scan);
        }
        else
        {
            var lists = _args.Lists.Row(_memory.Members->Number);
            var only = _args.Filters[_memory.Members->Number]?.OnlyRows;
            if (only is not null && _memory.Allowed == null) ScanRows(only, lists, ref scan);
            else
            {
                if (only is not null) Allow(only);
                ScanLists(lists, ref scan);
            }
        }
        scan.Finish();
    }

    /// <summary>Scans this part's share of one query's lists, nearest first, counted in slots rounded up to words.</summary>
    void ScanLists(ReadOnlySpan<int> lists, ref GroupScan<TDot> scan)
    {
        long words = 0;
        foreach (int list in lists) words += list < 0 ? 0 : (_listCount[list] + 63) / 64;
        long first = words * _part / _parts, end = words * (_part + 1) / _parts, passed = 0;
        for (int l = 0; l < lists.Length; l++)
        {
            int list = lists[l];
            if (list < 0) continue;
            if (l + 1 < lists.Length && lists[l + 1] >= 0) scan.Prefetch(_listStart[lists[l + 1]]);
            long listWords = (_listCount[list] + 63) / 64;
            long from = Math.Max(first - passed, 0), to = Math.Min(end - passed, listWords);
            passed += listWords;
            if (from >= to) continue;
            scan.Scan(_listStart[list] + from * 64, _listStart[list] + Math.Min(to * 64, _listCount[list]), _memory.Pairs, 1);
        }
    }

    /// <summary>
    /// Counts, for each query, the nearest lists that hold K0 items: scanned first, they give a threshold that most items
    /// of the other lists do not reach.
    /// </summary>
    void FindNearLists()
    {
        long kept = _args.Scores.Shape[1];
        for (int i = 0; i < _count; i++)
        {
            var member = _memory.Members + i;
            long slots = 0;
            foreach (int list in _args.Lists.Row(member->Number))
            {
                if (slots >= kept) break;
                if (list >= 0) slots += _listCount[list];
                member->NearLists++;
            }
        }
    }

    /// <summary>Scans the near or the other lists of all queries, list by list.</summary>
    void ScanRound(bool isNear, ref GroupScan<TDot> scan)
    {
        int nlist = _args.Index.NList;
        int* ends = _memory.ListPairs;
        new Span<int>(ends, nlist + 1).Clear();
        for (int i = 0; i < _count; i++)
        {
            foreach (int list in RoundLists(i, isNear))
            {
                if (IsMine(list)) ends[list + 1]++;
            }
        }
        for (int l = 0; l < nlist; l++) ends[l + 1] += ends[l];
        // Filling moves each list's first place to its end, which is the next one's first.
        for (int i = 0; i < _count; i++)
        {
            foreach (int list in RoundLists(i, isNear))
            {
                if (IsMine(list)) _memory.Pairs[ends[list]++] = _memory.Members + i;
            }
        }
        for (int l = 0, first = 0; l < nlist; first = ends[l++])
        {
            if (ends[l] == first) continue;
            scan.Scan(_listStart[l], (long)_listStart[l] + _listCount[l], _memory.Pairs + first, ends[l] - first);
            // The next list's pairs lie elsewhere.
            scan.Finish();
        }
    }

    ReadOnlySpan<int> RoundLists(int member, bool isNear)
    {
        var lists = _args.Lists.Row(_memory.Members[member].Number);
        int near = _memory.Members[member].NearLists;
        return isNear ? lists[..near] : lists[near..];
    }

    bool IsMine(int list) => list >= 0 && list % _parts == _part;

    /// <summary>Scans this part's share of an allow-list.</summary>
    void ScanRows(int[] only, ReadOnlySpan<int> lists, ref GroupScan<TDot> scan)
    {
        int first = (int)(only.LongLength * _part / _parts), end = (int)(only.LongLength * (_part + 1) / _parts);
        int previous = first == 0 ? -1 : only[first - 1];
        var ranges = SortRanges(lists);
        var index = _args.Index;
        int* slotOfRow = index.SlotOfRow.Pointer;
        ulong* live = index.Live.Pointer;
        scan.Enter(_memory.Pairs, 1);
        foreach (int row in only.AsSpan(first..end))
        {
            // A row that is repeated, or no row at all.
            if (row <= previous || row >= index.SlotOfRow.Count) continue;
            previous = row;
            int slot = slotOfRow[row];
            if (slot < 0 || !IsWithin(ranges, slot) || (live[slot >> 6] >> (slot & 63) & 1) == 0) continue;
            scan.Pick(slot);
        }
    }

    /// <summary>Sets the bits of an allow-list's slots.</summary>
    void Allow(int[] only)
    {
        ulong* allowed = _memory.Allowed;
        new Span<ulong>(allowed, (int)(_args.Index.Rows.Count / 64)).Clear();
        int* slotOfRow = _args.Index.SlotOfRow.Pointer;
        long rows = _args.Index.SlotOfRow.Count;
        foreach (int row in only)
        {
            int slot = (uint)row < rows ? slotOfRow[row] : FusedScanArgs.NoSlot;
            if (slot >= 0) allowed[slot >> 6] |= 1UL << (slot & 63);
        }
    }

    /// <summary>First slot and end of each list, as upper and lower half, ascending.</summary>
    ReadOnlySpan<long> SortRanges(ReadOnlySpan<int> lists)
    {
        int count = 0;
        foreach (int list in lists)
        {
            if (list < 0) continue;
            long first = _listStart[list];
            _memory.Ranges[count++] = (first << 32) | (uint)(first + _listCount[list]);
        }
        var ranges = new Span<long>(_memory.Ranges, count);
        ranges.Sort();
        return ranges;
    }

    static bool IsWithin(ReadOnlySpan<long> ranges, int slot)
    {
        int at = ranges.BinarySearch(((long)slot << 32) | uint.MaxValue);
        int before = at < 0 ? ~at - 1 : at;
        return before >= 0 && slot < (int)ranges[before];
    }
}
