using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="MergeCandidatesArgs"/> in a device's memory.</summary>
public readonly record struct DeviceMergeCandidatesArgs
{
    /// <summary>[B * H, K] int32 slots of each head, those found first.</summary>
    public required DeviceTensor<int> Slots { get; init; }

    /// <summary>[B * H] int32 slots found, in [0, K].</summary>
    public required DeviceTensor<int> Found { get; init; }

    /// <summary>[B, H * K] int32, overwritten.</summary>
    public required DeviceTensor<int> Merged { get; init; }

    /// <summary>[B] int32, overwritten.</summary>
    public required DeviceTensor<int> Counts { get; init; }
}

/// <summary>Merges on a GPU by a hash table for each request; launches follow from shapes alone.</summary>
public static class MergeCandidatesCuda
{
    const uint Threads = 256;
    const int BlockWords = (int)Threads / 32;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Slots;
        public ulong Found;
        public ulong Merged;
        public ulong Counts;
        public ulong Table;
        public ulong Firsts;
        public ulong BlockCounts;
        public int Kept;
        public int Positions;
        public uint Places;
    }

    static readonly CudaKernel<Parameters> _insert = new("MergeCandidates/MergeCandidates.cu", "argent_merge_insert");
    static readonly CudaKernel<Parameters> _count = new("MergeCandidates/MergeCandidates.cu", "argent_merge_count");
    static readonly CudaKernel<Parameters> _write = new("MergeCandidates/MergeCandidates.cu", "argent_merge_write");

    internal static IEnumerable<CudaKernel> Kernels => [_insert, _count, _write];

    /// <summary>Working memory of a merge of [B, H * K], which may be planned.</summary>
    public static MergeSpace Rent(DeviceMemory memory, Shape merged)
    {
        ArgumentNullException.ThrowIfNull(memory);
        long blocks = (merged[1] + Threads - 1) / Threads;
        // At most half full, so that look-ups stay short.
        long places = BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, checked((int)(2 * merged[1]))));
        return new MergeSpace
        {
            Table = memory.Rent<ulong>(new(merged[0], places)),
            Firsts = memory.Rent<uint>(new(merged[0], blocks * BlockWords)),
            BlockCounts = memory.Rent<uint>(new(merged[0], blocks)),
        };
    }

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceMergeCandidatesArgs args, MergeSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        DeviceChecks.Rank("MergeCandidates: Slots", args.Slots, 2);
        DeviceChecks.Rank("MergeCandidates: Counts", args.Counts, 1);
        DeviceChecks.Rank("MergeCandidates: Merged", args.Merged, 2);
        Shape slots = args.Slots.Shape;
        long requests = args.Counts.Count, positions = args.Merged.Shape[1], blocks = (positions + Threads - 1) / Threads;
        DeviceChecks.Is("MergeCandidates: Found", args.Found, new(slots[0]));
        if (args.Merged.Shape[0] != requests || args.Merged.Count != slots.Count || (requests > 0 && slots[0] % requests != 0))
        {
            throw new ArgumentException($"MergeCandidates: Merged {args.Merged.Shape} does not hold Slots {slots} of {requests} requests.");
        }
        DeviceChecks.Is("MergeCandidates: working memory", space.BlockCounts, new(requests, blocks));
        if (requests == 0) return;
        if (positions == 0)
        {
            on.Stream.Clear(args.Counts);
            return;
        }
        on.Stream.Fill(space.Table, byte.MaxValue);
        var parameters = new Parameters
        {
            Slots = args.Slots.Address,
            Found = args.Found.Address,
            Merged = args.Merged.Address,
            Counts = args.Counts.Address,
            Table = space.Table.Address,
            Firsts = space.Firsts.Address,
            BlockCounts = space.BlockCounts.Address,
            Kept = checked((int)slots[1]),
            Positions = checked((int)positions),
            Places = (uint)space.Table.Shape[1],
        };
        var size = new LaunchSize(blocks, Threads) { BlocksY = checked((uint)requests) };
        on.Launch(_insert, in size, in parameters);
        on.Launch(_count, in size, in parameters);
        on.Launch(_write, in size, in parameters);
    }
}

/// <summary>What a merge works in.</summary>
public sealed class MergeSpace
{
    internal DeviceTensor<ulong> Table { get; init; }

    internal DeviceTensor<uint> Firsts { get; init; }

    internal DeviceTensor<uint> BlockCounts { get; init; }
}
