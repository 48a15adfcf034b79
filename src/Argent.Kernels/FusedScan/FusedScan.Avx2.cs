using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// The scan with 256-bit vectors. A chunk is one query; when there are fewer queries than threads can use, each query's
/// lists are cut into parts whose best items are merged. The order of items is total, so cuts never change an answer.
/// </summary>
static unsafe class FusedScanAvx2
{
    // Below this many slots a part costs more in selection and waking than it saves.
    const int PartSlotsMin = 4096;

    public static void Run(in FusedScanArgs args, Workers workers)
    {
        FusedScanChecks.Check(in args);
        int queries = (int)args.Queries.Shape[0];
        if (queries == 0) return;
        // A copy on this stack, which stays in place while the chunks read it.
        var copy = args;
        int parts = Parts(in copy, workers.Count);
        int kept = (int)args.Scores.Shape[1];
        var work = new ScanWork { Args = Unsafe.AsPointer(ref copy), Parts = parts, Kept = kept };
        if (parts > 1)
        {
            long sums = ThreadMemory.Aligned((long)queries * parts * sizeof(PartSum));
            byte* memory = ThreadMemory.ForCaller(sums + (long)queries * parts * kept * sizeof(long));
            work.Sums = (PartSum*)memory;
            work.Keys = (long*)(memory + sums);
        }
        workers.Run(ref work, queries * parts);
        if (parts == 1) return;
        var merge = new MergeWork { Scan = work };
        workers.Run(ref merge, queries);
    }

    static int Parts(in FusedScanArgs args, int threads)
    {
        int queries = (int)args.Queries.Shape[0];
        if (threads == 1 || queries >= 2 * threads) return 1;
        long slots = 0;
        foreach (int list in args.Lists.Span)
        {
            if (list >= 0) slots += args.Index.ListCount.Pointer[list];
        }
        long most = slots / queries / PartSlotsMin;
        return (int)Math.Clamp((2L * threads + queries - 1) / queries, 1, Math.Max(1, most));
    }

    /// <summary>Writes the answer to one query from its eligible keys, at most K.</summary>
    static void Write(in FusedScanArgs args, int query, Span<long> keys, long masked)
    {
        long kept = args.Scores.Shape[1];
        float* scores = args.Scores.Pointer + query * kept;
        int* slots = args.Slots.Pointer + query * kept;
        int* slotOfRow = args.Index.SlotOfRow.Pointer;
        long rows = args.Index.SlotOfRow.Count;
        int found = 0;
        foreach (long key in keys)
        {
            uint row = RankKey.Tie(key) >> 1;
            int slot = row < rows ? slotOfRow[row] : FusedScanArgs.NoSlot;
            // An item that was removed while the scan ran.
            if (slot < 0) continue;
            slots[found] = slot;
            scores[found++] = RankKey.Score(key);
        }
        new Span<float>(scores + found, (int)kept - found).Fill(float.NegativeInfinity);
        new Span<int>(slots + found, (int)kept - found).Fill(FusedScanArgs.NoSlot);
        args.Found.Pointer[query] = found;
        args.EligibleSeen.Pointer[query] = found < kept ? found : masked;
    }

    /// <summary>What one part of a query found.</summary>
    struct PartSum
    {
        public int Count;
        public long Masked;
    }

    struct ScanWork : IChunkedWork
    {
        public void* Args;
        public int Parts;
        public int Kept;
        public PartSum* Sums;
        public long* Keys;

        public readonly void Run(int chunk)
        {
            ref readonly var args = ref Unsafe.AsRef<FusedScanArgs>(Args);
            int query = chunk / Parts;
            var filter = args.Filters[query];
            var mask = BlockMask.Of(args.Words, filter?.Program);
            Scan(in args, chunk, filter, in mask);
        }

        readonly void Scan(in FusedScanArgs args, int chunk, QueryFilter? filter, in BlockMask mask)
        {
            int query = chunk / Parts;
            var lists = args.Lists.Row(query);
            long scanBytes = QueryScan.Bytes(in args);
            byte* memory = ThreadMemory.ForChunk(scanBytes + ScanCollector.Bytes(Kept));
            var collector = new ScanCollector(memory + scanBytes, Kept);
            var scan = new QueryScan(memory, in args, query, in mask, ref collector);
            if (filter?.OnlyRows is { } only) ScanRows(only, lists, chunk % Parts, ref scan);
            else ScanLists(args.Index, lists, chunk % Parts, ref scan);
            scan.Finish();
            if (Parts == 1)
            {
                KeySort.Sort(collector.Keys, collector.Count, collector.Spare);
                Write(in args, query, new(collector.Keys, collector.Count), scan.Masked);
                return;
            }
            Sums[chunk] = new PartSum { Count = collector.Count, Masked = scan.Masked };
            new Span<long>(collector.Keys, collector.Count).CopyTo(new(Keys + (long)chunk * Kept, Kept));
        }

        /// <summary>Scans this part's share of an allow-list.</summary>
        readonly void ScanRows(int[] only, ReadOnlySpan<int> lists, int part, ref QueryScan scan)
        {
            int first = (int)(only.LongLength * part / Parts), end = (int)(only.LongLength * (part + 1) / Parts);
            scan.ScanRows(only.AsSpan(first..end), first == 0 ? -1 : only[first - 1], lists);
        }

        /// <summary>Scans this part's share of the lists, counted in slots rounded up to words.</summary>
        readonly void ScanLists(IvfTensors index, ReadOnlySpan<int> lists, int part, ref QueryScan scan)
        {
            int* starts = index.ListStart.Pointer;
            int* counts = index.ListCount.Pointer;
            long words = 0;
            foreach (int list in lists) words += list < 0 ? 0 : (counts[list] + 63) / 64;
            long first = words * part / Parts, end = words * (part + 1) / Parts, passed = 0;
            for (int l = 0; l < lists.Length; l++)
            {
                int list = lists[l];
                if (list < 0) continue;
                if (l + 1 < lists.Length && lists[l + 1] >= 0) scan.PrefetchMask(starts[lists[l + 1]]);
                long listWords = (counts[list] + 63) / 64;
                long from = Math.Max(first - passed, 0), to = Math.Min(end - passed, listWords);
                passed += listWords;
                if (from >= to) continue;
                scan.Scan(starts[list] + from * 64, starts[list] + Math.Min(to * 64, counts[list]));
            }
        }
    }

    struct MergeWork : IChunkedWork
    {
        public ScanWork Scan;

        public readonly void Run(int query)
        {
            ref readonly var args = ref Unsafe.AsRef<FusedScanArgs>(Scan.Args);
            long* keys = Scan.Keys + (long)query * Scan.Parts * Scan.Kept;
            int count = 0;
            long masked = 0;
            for (int part = 0; part < Scan.Parts; part++)
            {
                var sum = Scan.Sums[query * Scan.Parts + part];
                new Span<long>(keys + (long)part * Scan.Kept, sum.Count).CopyTo(new(keys + count, sum.Count));
                count += sum.Count;
                masked += sum.Masked;
            }
            long* spare = (long*)ThreadMemory.ForChunk((long)count * sizeof(long));
            int kept = Math.Min(Scan.Kept, count);
            KeySelection.Partition(keys, count, kept, spare);
            KeySort.Sort(keys, kept, spare);
            Write(in args, query, new(keys, kept), masked);
        }
    }
}
