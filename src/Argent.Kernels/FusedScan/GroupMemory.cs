namespace Argent.Kernels;

/// <summary>Working memory of a group's scan, cut from one piece.</summary>
unsafe struct GroupMemory
{
    /// <summary>[G] the queries.</summary>
    public GroupMember* Members;

    /// <summary>[G] distinct masks, those in use first.</summary>
    public BlockMask* Masks;

    /// <summary>What the loops over a tile read.</summary>
    public ScanTile* Tile;

    /// <summary>[2, RunMax] or [ChosenMax] scores of a tile.</summary>
    public float* Scores;

    /// <summary>[ChosenMax] item rows of picked slots.</summary>
    public int* TileRows;

    /// <summary>[ChosenMax] picked slots.</summary>
    public int* Chosen;

    /// <summary>[RunMax / 64] which slots of a run count.</summary>
    public ulong* RunMasks;

    /// <summary>[ChosenMax / 64] which picked slots count.</summary>
    public ulong* ChosenMasks;

    /// <summary>[P] first slot and end of each list, for a query with an allow-list.</summary>
    public long* Ranges;

    /// <summary>[slots / 64] who is on a long allow-list, or null.</summary>
    public ulong* Allowed;

    /// <summary>[pairs] members by list; the one member of a group of one.</summary>
    public GroupMember** Pairs;

    /// <summary>[L + 1] first of a list's <see cref="Pairs"/>.</summary>
    public int* ListPairs;

    /// <summary>Bytes of the whole.</summary>
    public long Bytes;

    /// <summary>
    /// Lays out memory for the queries of <paramref name="numbers"/>; with a null <paramref name="memory"/> only
    /// <see cref="Bytes"/> is of use.
    /// </summary>
    public static GroupMemory Of(in FusedScanArgs args, ReadOnlySpan<int> numbers, byte* memory, bool isVnni)
    {
        long at = 0;
        int count = numbers.Length, dim = args.Index.PaddedDim, probes = (int)args.Lists.Shape[1];
        int kept = (int)args.Scores.Shape[1];
        var group = new GroupMemory
        {
            Members = (GroupMember*)Take(memory, ref at, (long)count * sizeof(GroupMember)),
            Masks = (BlockMask*)Take(memory, ref at, (long)count * sizeof(BlockMask)),
            Tile = (ScanTile*)Take(memory, ref at, sizeof(ScanTile)),
            Scores = (float*)Take(memory, ref at, Math.Max(ScanTile.ChosenMax, 2 * ScanTile.RunMax) * sizeof(float)),
            TileRows = (int*)Take(memory, ref at, ScanTile.ChosenMax * sizeof(int)),
            Chosen = (int*)Take(memory, ref at, ScanTile.ChosenMax * sizeof(int)),
            RunMasks = (ulong*)Take(memory, ref at, ScanTile.RunMax / 8),
            ChosenMasks = (ulong*)Take(memory, ref at, ScanTile.ChosenMax / 8),
            Ranges = (long*)Take(memory, ref at, count == 1 ? probes * sizeof(long) : 0),
            Pairs = (GroupMember**)Take(memory, ref at, (count > 1 ? (long)count * probes : 1) * sizeof(GroupMember*)),
            ListPairs = (int*)Take(memory, ref at, count > 1 ? (args.Index.NList + 1L) * sizeof(int) : 0),
        };
        // A group of one has at most one allow-list.
        if (count == 1 && IsLong(args.Filters[numbers[0]]?.OnlyRows, args.Index))
        {
            group.Allowed = (ulong*)Take(memory, ref at, args.Index.Rows.Count / 64 * sizeof(ulong));
        }
        byte* stack = Take(memory, ref at, BlockMask.StackBytes);
        byte* abs = Take(memory, ref at, (long)count * dim);
        int widest = 0;
        for (int i = 0; i < count; i++)
        {
            int capacity = ScanCollector.Capacity(kept, ScanPlan.Candidates(in args, numbers[i]));
            widest = Math.Max(widest, capacity);
            long* keys = (long*)Take(memory, ref at, (long)capacity * sizeof(long));
            if (memory == null) continue;
            group.Members[i] = new GroupMember
            {
                Query = ScanQuery.Of(in args, numbers[i], abs + (long)i * dim, isVnni),
                Collector = new ScanCollector(keys, capacity, kept),
                Number = numbers[i],
            };
        }
        long* spare = (long*)Take(memory, ref at, (long)widest * sizeof(long));
        group.Bytes = at;
        if (memory == null) return group;
        *group.Tile = new ScanTile
        {
            Codes = args.Index.Codes.Pointer,
            Scales = args.Index.Scales.Pointer,
            Bias = args.Index.Bias.Pointer,
            Rows = args.Index.Rows.Pointer,
            Dim = dim,
        };
        *group.Pairs = group.Members;
        for (int i = 0; i < count; i++) group.Members[i].Collector.Spare = spare;
        group.SetMasks(in args, count, stack);
        return group;
    }

    /// <summary>
    /// Whether an allow-list is scanned as a mask of the lists' slots instead of item by item: setting a bit
    /// costs far less than picking a row that may not even lie in one of the lists; for a short list clearing the bits, one a
    /// slot, would cost more. 100,000 of a million items took 5 to 9 ms item by item and .15 ms as a mask.
    /// </summary>
    static bool IsLong(int[]? only, IvfTensors index) => only is not null && only.Length * 512L > index.Rows.Count;

    /// <summary>Members of one filter follow one another: they share its mask, and whether they verify first.</summary>
    readonly void SetMasks(in FusedScanArgs args, int count, byte* stack)
    {
        int masks = 0;
        for (int i = 0; i < count; i++)
        {
            var filter = args.Filters[Members[i].Number];
            var last = i == 0 ? null : args.Filters[Members[i - 1].Number];
            bool isNew = i == 0 || filter?.Program != last?.Program || filter?.VerifyFirst != last?.VerifyFirst;
            if (isNew)
            {
                // An allow-list takes the mask's place.
                Masks[masks] = BlockMask.Of(args.Words, filter?.OnlyRows is null ? filter?.Program : null);
                Masks[masks++].Stack = (ulong*)stack;
            }
            Members[i].Mask = masks - 1;
        }
    }

    static byte* Take(byte* memory, ref long at, long bytes)
    {
        byte* taken = memory + at;
        at += ThreadMemory.Aligned(bytes);
        return taken;
    }
}
