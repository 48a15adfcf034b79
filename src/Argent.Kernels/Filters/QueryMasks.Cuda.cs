using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Which slots of their probed lists a batch's queries may be shown, in a device's memory: exactly what
/// <see cref="FusedScanArgs"/> calls eligible, before anything is scored.
/// </summary>
public readonly record struct DeviceQueryMasksArgs
{
    /// <summary>Lists and where their words begin; <see cref="ScanPairs.Masks"/> is overwritten.</summary>
    public required ScanPairs Pairs { get; init; }

    /// <summary>The lists.</summary>
    public required DeviceIvf Index { get; init; }

    /// <summary>The filter index, or null where <see cref="Filters"/> were written without one.</summary>
    public required DeviceFilterWords? Words { get; init; }

    /// <summary>Exact values; null only when no filter has a program.</summary>
    public required DeviceForward? Forward { get; init; }

    /// <summary>What <see cref="FilterBatch.Write"/> wrote for the Q queries.</summary>
    public required DeviceTensor<ulong> Filters { get; init; }

    /// <summary>
    /// [Q] int64, overwritten: live items that pass the mask, or the program where that comes first, or are on an allow-list;
    /// what <see cref="FusedScanArgs.EligibleSeen"/> is when K places are filled.
    /// </summary>
    public required DeviceTensor<long> Seen { get; init; }
}

/// <summary>Masks of queries on a GPU: what is launched follows from shapes alone, so a graph can repeat it.</summary>
public static class QueryMasksCuda
{
    const uint Threads = 256;

    // Blocks of a query: beyond them a thread takes several words.
    const long WordBlocksMax = 32;

    // A few thousand threads for each query's lists of rows, which are up to 100,000 long and mostly short.
    const long RowBlocks = 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ScanPairsBlock Pairs;
        public ulong Filters;
        public ulong Rows;
        public ulong BlockStart;
        public long ExactRows;
        public ulong Columns;
        public ulong Live;
        public ulong SlotOfRow;
        public long RowCount;
        public long Lists;
        public ulong Seen;
    }

    static readonly CudaKernel<Parameters> _mask = new("Filters/FilterMask.cu", "argent_mask_pairs");
    static readonly CudaKernel<Parameters> _allow = new("Filters/QueryRows.cu", "argent_allow_rows");
    static readonly CudaKernel<Parameters> _verify = new("Filters/QueryVerify.cu", "argent_verify_pairs");
    static readonly CudaKernel<Parameters> _exclude = new("Filters/QueryRows.cu", "argent_exclude_rows");

    internal static IEnumerable<CudaKernel> Kernels => [_mask, _allow, _verify, _exclude];

    /// <summary>Queues everything: masks, allow-lists, verification, exclusions.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceQueryMasksArgs args)
    {
        long queries = args.Pairs.Lists.Shape[0];
        DeviceChecks.Is("QueryMasks: Seen", args.Seen, new(queries));
        DeviceChecks.Rank("QueryMasks: Filters", args.Filters, 1);
        on.Stream.Clear(args.Seen);
        if (queries == 0) return;
        var parameters = new Parameters
        {
            Pairs = args.Pairs.Block(args.Index),
            Filters = args.Filters.Address,
            Rows = args.Words?.Rows.Address ?? 0,
            BlockStart = args.Words?.BlockStart.Address ?? 0,
            ExactRows = args.Words?.ExactRows ?? 0,
            Columns = args.Forward?.Table.Address ?? 0,
            Live = args.Index.Live.Address,
            SlotOfRow = args.Index.SlotOfRow.Address,
            RowCount = args.Index.SlotOfRow.Count,
            Lists = args.Index.NList,
            Seen = args.Seen.Address,
        };
        long wordBlocks = Math.Clamp((args.Pairs.Masks.Shape[1] + Threads - 1) / Threads, 1, WordBlocksMax);
        var words = new LaunchSize(wordBlocks, Threads) { BlocksY = checked((uint)queries) };
        var rows = words with { BlocksX = RowBlocks };
        on.Launch(_mask, in words, in parameters);
        on.Launch(_allow, in rows, in parameters);
        on.Launch(_verify, in words, in parameters);
        on.Launch(_exclude, in rows, in parameters);
    }
}
