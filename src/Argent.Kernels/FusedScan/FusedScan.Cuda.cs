using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The scan on a device, with the bits of the processor. <see cref="Plan"/>, then <see cref="CountEligible"/> or kernels that
/// narrow the masks and count themselves, then <see cref="Score"/>: launches follow from shapes alone and nothing waits for
/// the stream, so all of it can be recorded as a graph.
/// </summary>
public static class FusedScanCuda
{
    // Lists that more queries share are multiplied by the matrix units.
    const int Few = 4;

    // Queries that a block multiplies at once, at most, and in steps of what the matrix units take.
    const int ColumnsMax = 32, ColumnStep = 8;

    // Shared memory that a block has without asking.
    const int SharedBytes = 48 << 10;

    // Blocks that run at once on a multiprocessor, by registers.
    const long BlocksEach = 8;

    const uint Threads = 256, WideThreads = 1024, Warps = 8;

    // Words that a thread counts.
    const long WordsEach = 8;

    static readonly CudaKernel<PlanArguments> _pairs = new("FusedScan/ScanPlan.cu", "argent_scan_pairs");
    static readonly CudaKernel<PlanArguments> _lists = new("FusedScan/ScanPlan.cu", "argent_scan_lists");
    static readonly CudaKernel<PlanArguments> _scatter = new("FusedScan/ScanPlan.cu", "argent_scan_scatter");
    static readonly CudaKernel<PlanArguments> _seen = new("FusedScan/ScanPlan.cu", "argent_scan_seen");
    static readonly CudaKernel<ScanArguments> _few = new("FusedScan/FusedScan.cu", "argent_scan_few");
    static readonly CudaKernel<ScanArguments> _many = new("FusedScan/FusedScan.cu", "argent_scan_many");
    static readonly CudaKernel<FoundArguments> _found = new("FusedScan/ScanSelect.cu", "argent_scan_found");
    static readonly SelectKernels<ScanRows> _select = new("FusedScan/ScanSelect.cu", "argent_scan");

    internal static IEnumerable<CudaKernel> Kernels => [_pairs, _lists, _scatter, _seen, _few, _many, _found, .. _select.All];

    /// <summary>Queues the plan: pairs, work list by list, and the live slots of every pair as its masks.</summary>
    public static void Plan(in CudaQueue on, in DeviceFusedScanArgs args, ScanSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var plan = space.PlanArguments(args, Few);
        long queries = space.Size.Queries, pairs = queries * space.Size.Probes;
        on.Stream.Clear(space.ListPairs);
        on.Launch(_pairs, new LaunchSize(queries, Threads), plan);
        on.Launch(_lists, new LaunchSize(1, WideThreads), plan);
        on.Launch(_scatter, new LaunchSize((Math.Max(pairs, space.Size.Lists) + Warps - 1) / Warps, Threads), plan);
    }

    /// <summary>Queues the count of the masks' slots as what was seen.</summary>
    public static void CountEligible(in CudaQueue on, in DeviceFusedScanArgs args, ScanSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        on.Stream.Clear(args.EligibleSeen);
        long parts = Math.Clamp(space.Size.RowWords / (Threads * WordsEach), 1, 64);
        var size = new LaunchSize(space.Size.Queries, Threads) { BlocksY = (uint)parts };
        on.Launch(_seen, size, space.PlanArguments(args, Few));
    }

    /// <summary>Queues the scores of what the masks select, the selection of the best K and the answer.</summary>
    public static void Score(in CudaQueue on, in DeviceFusedScanArgs args, ScanSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var size = space.Size;
        if (size.Queries > 0 && size.Kept > 0)
        {
            ScoreTiles(on, args, space);
            var rows = space.Rows(args);
            _select.Run(on, rows, space.Select, size.RowWords * 64, 0, 1);
        }
        on.Launch(_found, LaunchSize.Over(size.Queries, Threads), new FoundArguments
        {
            States = space.Select.States.Address,
            Found = args.Found.Address,
            Seen = args.EligibleSeen.Address,
            Queries = size.Queries,
            Kept = size.Kept,
        });
    }

    static void ScoreTiles(in CudaQueue on, in DeviceFusedScanArgs args, ScanSpace space)
    {
        int stride = args.Index.PaddedDim | 64;
        int columns = Math.Clamp(SharedBytes / stride / ColumnStep * ColumnStep, ColumnStep, ColumnsMax);
        var scan = space.ScanArguments(args, columns);
        long blocks = on.Modules.Device.Description.Multiprocessors * BlocksEach, tiles = space.Size.Tiles;
        // Two warps have a tile where few share it, otherwise a block.
        on.Launch(_few, new LaunchSize(Math.Min(blocks, (2 * tiles + Warps - 1) / Warps), Threads), scan);
        if (space.Size.Queries <= Few) return;
        on.Launch(_many, new LaunchSize(Math.Min(blocks, tiles), Threads) { SharedBytes = columns * stride }, scan);
    }
}

/// <summary><see cref="FusedScanArgs"/> in a device's memory; filters are the masks that the plan is given.</summary>
public readonly record struct DeviceFusedScanArgs
{
    /// <summary>[Q, Dp] int8 quantised queries, padding zero.</summary>
    public required DeviceTensor<sbyte> Queries { get; init; }

    /// <summary>[Q] float32, dequantisation factor of each query.</summary>
    public required DeviceTensor<float> QueryScales { get; init; }

    /// <summary>The lists.</summary>
    public required DeviceIvf Index { get; init; }

    /// <summary>[Q, K] float32, overwritten, best first; -infinity where unfilled.</summary>
    public required DeviceTensor<float> Scores { get; init; }

    /// <summary>[Q, K] int32 slots parallel to <see cref="Scores"/>, or no tensor.</summary>
    public DeviceTensor<int> Slots { get; init; }

    /// <summary>[Q, K] int32 item rows parallel to <see cref="Scores"/>, or no tensor.</summary>
    public DeviceTensor<int> ItemRows { get; init; }

    /// <summary>[Q] int32, overwritten: filled places.</summary>
    public required DeviceTensor<int> Found { get; init; }

    /// <summary>[Q] int64: eligible items seen, as <see cref="FusedScanArgs.EligibleSeen"/> defines it.</summary>
    public required DeviceTensor<long> EligibleSeen { get; init; }
}

/// <summary><c>ArgentScanPlanArgs</c> of <c>ScanPlan.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct PlanArguments
{
    public ScanPairsBlock Pairs;
    public ulong Live;
    public ulong ListPairs;
    public ulong PairRank;
    public ulong ListPairStart;
    public ulong ListTileStart;
    public ulong TileCounts;
    public ulong ByList;
    public ulong Tiles;
    public ulong Seen;
    public long Lists;
    public uint Few;
}

/// <summary><c>ArgentFusedScanArgs</c> of <c>FusedScan.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ScanArguments
{
    public ScanPairsBlock Pairs;
    public ulong ListPairStart;
    public ulong ByList;
    public ulong Tiles;
    public ulong TileCounts;
    public ulong Codes;
    public ulong Scales;
    public ulong Bias;
    public ulong Queries;
    public ulong QueryScales;
    public ulong Keys;
    public long Dim;
    public uint Columns;
}

/// <summary><c>ArgentScanRows</c> of <c>ScanSelect.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ScanRows
{
    public ScanPairsBlock Pairs;
    public ulong Keys;
    public ulong Rows;
    public ulong SlotOfRow;
    public ulong Scores;
    public ulong Slots;
    public ulong ItemRows;
    public long RowCount;
    public long Kept;
}

/// <summary><c>ArgentScanFoundArgs</c> of <c>ScanSelect.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct FoundArguments
{
    public ulong States;
    public ulong Found;
    public ulong Seen;
    public long Queries;
    public long Kept;
}
