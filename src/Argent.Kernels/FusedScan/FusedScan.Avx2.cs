using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The scan with 256-bit vectors. A chunk is one part of the lists of one group of queries; when a group has several
/// parts, the best items of each are merged. The order of items is total, so neither groups nor parts change an answer.
/// </summary>
static unsafe class FusedScanAvx2
{
    /// <summary>Scans with AVX-VNNI where <paramref name="isVnni"/> says so.</summary>
    public static void Run(in FusedScanArgs args, Workers workers, bool isVnni)
    {
        FusedScanChecks.Check(in args);
        int queries = (int)args.Queries.Shape[0];
        if (queries == 0) return;
        // A copy on this stack, which stays in place while the chunks read it.
        var copy = args;
        int kept = (int)args.Scores.Shape[1];
        long planBytes = ScanPlan.Bytes(queries, args.Index.NList);
        var plan = ScanPlan.Of(in args, workers.Count, ThreadMemory.ForCaller(planBytes));
        var work = new ScanWork { Args = Unsafe.AsPointer(ref copy), Plan = plan, Kept = kept, IsVnni = isVnni };
        if (plan.Parts > 1)
        {
            long sums = ThreadMemory.Aligned((long)queries * plan.Parts * sizeof(PartSum));
            byte* memory = ThreadMemory.ForCaller(planBytes + sums + (long)queries * plan.Parts * kept * sizeof(long));
            // The memory may have moved: the plan is made again.
            work.Plan = ScanPlan.Of(in args, workers.Count, memory);
            work.Sums = (PartSum*)(memory + planBytes);
            work.Keys = (long*)(memory + planBytes + sums);
        }
        workers.Run(ref work, plan.Groups * plan.Parts);
        if (plan.Parts == 1) return;
        var merge = new MergeWork { Scan = work };
        workers.Run(ref merge, queries);
    }

    /// <summary>Writes the answer to one query from its eligible keys in order, at most K.</summary>
    static void Write(in FusedScanArgs args, int query, long* keys, int count, long masked)
    {
        long kept = args.Scores.Shape[1];
        float* scores = args.Scores.Pointer + query * kept;
        if (args.Slots.IsPresent) count = FindSlots(in args, keys, count, args.Slots.Pointer + query * kept);
        if (args.ItemRows.IsPresent)
        {
            int* rows = args.ItemRows.Pointer + query * kept;
            for (int i = 0; i < count; i++) rows[i] = (int)(RankKey.Tie(keys[i]) >> 1);
            new Span<int>(rows + count, (int)kept - count).Fill(-1);
        }
        for (int i = 0; i < count; i++) scores[i] = RankKey.Score(keys[i]);
        new Span<float>(scores + count, (int)kept - count).Fill(float.NegativeInfinity);
        args.Found.Pointer[query] = count;
        args.EligibleSeen.Pointer[query] = count < kept ? count : masked;
    }

    /// <summary>Writes the slots of keys, leaving out items that were removed while the scan ran; returns how many stay.</summary>
    static int FindSlots(in FusedScanArgs args, long* keys, int count, int* slots)
    {
        const int Ahead = 24;
        int* slotOfRow = args.Index.SlotOfRow.Pointer;
        long rows = args.Index.SlotOfRow.Count;
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            // Rows are anywhere: the waits overlap when they are asked for early.
            if (i + Ahead < count) Sse.Prefetch0(slotOfRow + (RankKey.Tie(keys[i + Ahead]) >> 1));
            uint row = RankKey.Tie(keys[i]) >> 1;
            int slot = row < rows ? slotOfRow[row] : FusedScanArgs.NoSlot;
            if (slot < 0) continue;
            keys[found] = keys[i];
            slots[found++] = slot;
        }
        new Span<int>(slots + found, (int)args.Scores.Shape[1] - found).Fill(FusedScanArgs.NoSlot);
        return found;
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
        public ScanPlan Plan;
        public int Kept;
        public bool IsVnni;
        public PartSum* Sums;
        public long* Keys;

        public readonly void Run(int chunk)
        {
            if (IsVnni) Scan<AvxVnniDot>(chunk / Plan.Parts, chunk % Plan.Parts);
            else Scan<Avx2Dot>(chunk / Plan.Parts, chunk % Plan.Parts);
        }

        readonly void Scan<TDot>(int number, int part) where TDot : struct, IInt8Dot
        {
            ref readonly var args = ref Unsafe.AsRef<FusedScanArgs>(Args);
            var queries = new ReadOnlySpan<int>(Plan.Order + Plan.Starts[number], Plan.Starts[number + 1] - Plan.Starts[number]);
            long bytes = GroupMemory.Of(in args, queries, null, IsVnni).Bytes;
            var group = GroupMemory.Of(in args, queries, ThreadMemory.ForChunk(bytes), IsVnni);
            var scan = new GroupScan<TDot>(in args, in group);
            var walk = new GroupWalk<TDot>(in args, in group, queries.Length, (part, Plan.Parts));
            walk.Run(ref scan);
            for (int i = 0; i < queries.Length; i++) Finish(in args, group.Members + i, in scan, part);
        }

        readonly void Finish<TDot>(in FusedScanArgs args, GroupMember* member, in GroupScan<TDot> scan, int part)
            where TDot : struct, IInt8Dot
        {
            scan.Reduce(member);
            ref var found = ref member->Collector;
            if (Plan.Parts == 1)
            {
                KeySort.Sort(found.Keys, found.Count, found.Spare);
                Write(in args, member->Number, found.Keys, found.Count, member->Masked);
                return;
            }
            long place = (long)member->Number * Plan.Parts + part;
            Sums[place] = new PartSum { Count = found.Count, Masked = member->Masked };
            new Span<long>(found.Keys, found.Count).CopyTo(new(Keys + place * Kept, Kept));
        }
    }

    struct MergeWork : IChunkedWork
    {
        public ScanWork Scan;

        public readonly void Run(int query)
        {
            ref readonly var args = ref Unsafe.AsRef<FusedScanArgs>(Scan.Args);
            int parts = Scan.Plan.Parts;
            long* keys = Scan.Keys + (long)query * parts * Scan.Kept;
            int count = 0;
            long masked = 0;
            for (int part = 0; part < parts; part++)
            {
                var sum = Scan.Sums[(long)query * parts + part];
                new Span<long>(keys + (long)part * Scan.Kept, sum.Count).CopyTo(new(keys + count, sum.Count));
                count += sum.Count;
                masked += sum.Masked;
            }
            long* spare = (long*)ThreadMemory.ForChunk((long)count * sizeof(long));
            int kept = Math.Min(Scan.Kept, count);
            KeySelection.Partition(keys, count, kept, spare);
            KeySort.Sort(keys, kept, spare);
            Write(in args, query, keys, kept, masked);
        }
    }
}
