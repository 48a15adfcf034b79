using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// How the queries of a batch are divided into groups, and the lists of a group into parts. A group is scanned list by
/// list, each list once for all of its queries that probe it; a group of one query follows that query's lists.
/// </summary>
unsafe struct ScanPlan
{
    // Queries that share a list save its way from memory and half of its loads; sorting pairs of queries and lists, and
    // meeting near lists later, costs about a tenth: see docs/kernels.md.
    const double SharingMin = 1.05;

    // Fewer queries than this share too few lists for a group to be worth dividing lists among threads instead.
    const int GroupQueriesMin = 16;

    // With fewer requests than this in a group, one more or less leaves a thread waiting for longer than sharing saves.
    const int GroupRequestsMin = 8;

    // Candidates of all queries of a group wait in memory at once.
    const long GroupBytesMax = 128 << 20;

    // Below this many slots a part costs more in selection and waking than it saves.
    const int PartSlotsMin = 4096;

    long* _keys;

    /// <summary>[Q] queries, those of a group together.</summary>
    public int* Order;

    /// <summary>[groups + 1] first place of each group in <see cref="Order"/>.</summary>
    public int* Starts;

    /// <summary>Groups.</summary>
    public int Groups;

    /// <summary>Parts of each group.</summary>
    public int Parts;

    /// <summary>Bytes that a plan needs.</summary>
    public static long Bytes(int queries, int nlist) =>
        ThreadMemory.Aligned(queries * (sizeof(long) + sizeof(int)) + (queries + 1L) * sizeof(int))
        + ThreadMemory.Aligned((nlist + 7L) / 8);

    /// <summary>Makes the plan in <paramref name="memory"/> of <see cref="Bytes"/>.</summary>
    public static ScanPlan Of(in FusedScanArgs args, int threads, byte* memory)
    {
        int queries = (int)args.Queries.Shape[0];
        var plan = new ScanPlan { _keys = (long*)memory };
        plan.Order = (int*)(plan._keys + queries);
        plan.Starts = plan.Order + queries;
        byte* seen = memory + Bytes(queries, 0);
        int shared = plan.OrderByCost(in args, 1);
        bool isShared = shared > 1 && args.Path != ScanPath.QueryMajor
            && (args.Path == ScanPath.ListMajor || plan.Sharing(in args, shared, seen) >= SharingMin);
        if (!isShared) shared = 0;
        int sharedGroups = shared == 0 ? 0 : plan.SharedGroups(in args, shared, threads);
        int heads = shared / args.Heads >= GroupRequestsMin * sharedGroups ? args.Heads : 1;
        if (heads > 1 && sharedGroups > 1) plan.OrderByCost(in args, heads);
        plan.Deal(in args, (shared, sharedGroups, sharedGroups > 1 ? heads : 1), queries);
        plan.Groups = sharedGroups + queries - shared;
        plan.Parts = plan.PartCount(in args, threads);
        return plan;
    }

    /// <summary>The most items that a query's scan can keep.</summary>
    public static long Candidates(in FusedScanArgs args, int query)
    {
        long slots = Slots(in args, query);
        return args.Filters[query]?.OnlyRows is { } only ? Math.Min(slots, only.Length) : slots;
    }

    /// <summary>The slots of a query's lists.</summary>
    public static long Slots(in FusedScanArgs args, int query)
    {
        long slots = 0;
        int* counts = args.Index.ListCount.Pointer;
        foreach (int list in args.Lists.Row(query)) slots += list < 0 ? 0 : counts[list];
        return slots;
    }

    /// <summary>
    /// Orders queries by falling cost, <paramref name="heads"/> that follow one another as one, those with allow-lists last;
    /// returns how many have none.
    /// </summary>
    readonly int OrderByCost(in FusedScanArgs args, int heads)
    {
        int queries = (int)args.Queries.Shape[0], shared = 0;
        for (int first = 0; first < queries; first += heads)
        {
            bool isRows = args.Filters[first]?.OnlyRows is not null;
            if (!isRows) shared += heads;
            long slots = 0;
            for (int q = first; q < first + heads; q++) slots += Slots(in args, q);
            // At most 2^31 slots a head: with the query below, a key that sorts as wanted.
            _keys[first / heads] = ((isRows ? 1L : -slots / heads) << 31) + first;
        }
        new Span<long>(_keys, queries / heads).Sort();
        for (int i = 0; i < queries; i++) Order[i] = (int)(_keys[i / heads] & int.MaxValue) + i % heads;
        return shared;
    }

    /// <summary>How many queries probe a list, averaged over the lists that are probed.</summary>
    readonly double Sharing(in FusedScanArgs args, int shared, byte* seen)
    {
        long pairs = 0, lists = 0;
        new Span<byte>(seen, (args.Index.NList + 7) / 8).Clear();
        for (int i = 0; i < shared; i++)
        {
            foreach (int list in args.Lists.Row(Order[i]))
            {
                if (list < 0) continue;
                pairs++;
                int bit = 1 << (list & 7);
                if ((seen[list >> 3] & bit) == 0) lists++;
                seen[list >> 3] |= (byte)bit;
            }
        }
        return lists == 0 ? 0 : (double)pairs / lists;
    }

    readonly int SharedGroups(in FusedScanArgs args, int shared, int threads)
    {
        long bytes = 0, kept = args.Scores.Shape[1];
        for (int i = 0; i < shared; i++) bytes += sizeof(long) * (long)ScanCollector.Capacity(kept, Slots(in args, Order[i]));
        long groups = Math.Max((bytes + GroupBytesMax - 1) / GroupBytesMax, Math.Min(threads, shared / GroupQueriesMin));
        // As many groups for every thread, so that none waits for the last one.
        if (groups > 1) groups = (groups + threads - 1) / threads * threads;
        return (int)Math.Clamp(groups, 1, shared);
    }

    /// <summary>Deals the shared queries to groups, dearest first; queries of one filter stand together in a group.</summary>
    readonly void Deal(in FusedScanArgs args, (int Queries, int Groups, int Heads) share, int queries)
    {
        int at = 0;
        var (shared, groups, heads) = share;
        for (int g = 0; g < groups; g++)
        {
            Starts[g] = at;
            for (int i = g; i < shared / heads; i += groups)
            {
                int first = (int)(_keys[i] & int.MaxValue);
                for (int q = first; q < first + heads; q++) Order[at++] = q;
            }
        }
        for (int i = shared; i <= queries; i++) Starts[groups + i - shared] = i;
        if (groups > 0) SortGroups(in args, groups);
    }

    readonly void SortGroups(in FusedScanArgs args, int groups)
    {
        for (int g = 0; g < groups; g++)
        {
            int start = Starts[g], end = Starts[g + 1];
            for (int i = start; i < end; i++)
            {
                object? program = args.Filters[Order[i]]?.Program;
                long hash = program is null ? 0 : RuntimeHelpers.GetHashCode(program);
                _keys[i] = (hash << 31) + Order[i];
            }
            new Span<long>(_keys + start, end - start).Sort();
            for (int i = start; i < end; i++) Order[i] = (int)(_keys[i] & int.MaxValue);
        }
    }

    readonly int PartCount(in FusedScanArgs args, int threads)
    {
        int queries = (int)args.Queries.Shape[0];
        if (threads == 1 || Groups >= 2 * threads) return 1;
        // One group for every thread is as good as it gets with shared lists; single queries differ in cost.
        if (Groups < queries && Groups % threads == 0) return 1;
        long slots = 0;
        for (int q = 0; q < queries; q++) slots += Slots(in args, q);
        long most = slots / Groups / PartSlotsMin;
        return (int)Math.Clamp((2L * threads + Groups - 1) / Groups, 1, Math.Max(1, most));
    }
}
