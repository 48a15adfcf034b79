using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="ProbeArgs"/> in a device's memory.</summary>
public readonly record struct DeviceProbeArgs
{
    /// <summary>[Q, D] float32.</summary>
    public required DeviceTensor<float> Queries { get; init; }

    /// <summary>[L, D] float32.</summary>
    public required DeviceTensor<float> Centroids { get; init; }

    /// <summary>[L] float32, or no tensor for zero.</summary>
    public DeviceTensor<float> CentroidBias { get; init; }

    /// <summary>[Q, P] int32, overwritten; P is at most L.</summary>
    public required DeviceTensor<int> Lists { get; init; }

    /// <summary>[Q, P] float32, overwritten with the scores of these lists; no tensor when they are not wanted.</summary>
    public DeviceTensor<float> Scores { get; init; }
}

/// <summary>Probing on a device: the bits of the processor's vector kernels, launches that follow from shapes alone.</summary>
public static class ProbeCuda
{
    // The tile of argent_probe_scores.
    const long TileQueries = 32, TileLists = 64;

    const uint Threads = 128;

    static readonly CudaKernel<ProbeArguments> _scores = new("Probe/Probe.cu", "argent_probe_scores");
    static readonly SelectKernels<ProbeRows> _select = new("Probe/Probe.cu", "argent_probe");

    internal static IEnumerable<CudaKernel> Kernels => [_scores, .. _select.All];

    /// <summary>Bytes of working memory.</summary>
    public static long WorkingBytes(long queries, long lists, long kept)
    {
        var planned = DeviceMemory.Planned();
        _ = Rent(planned, queries, lists, kept);
        return planned.PeakBytes;
    }

    /// <summary>Queues a probe, working in <paramref name="memory"/>.</summary>
    public static void Run(in CudaQueue on, in DeviceProbeArgs args, DeviceMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        long queries = args.Queries.Shape[0], lists = args.Centroids.Shape[0], kept = args.Lists.Shape[1];
        if (queries == 0 || kept == 0) return;
        var (keys, space) = Rent(memory, queries, lists, kept);
        long tiles = (queries + TileQueries - 1) / TileQueries * ((lists + TileLists - 1) / TileLists);
        on.Launch(_scores, new LaunchSize(tiles, Threads), new ProbeArguments
        {
            Queries = args.Queries.Address,
            Centroids = args.Centroids.Address,
            Bias = args.CentroidBias.Address,
            Keys = keys.Address,
            Count = queries,
            ListCount = lists,
            Dim = args.Queries.Shape[1],
        });
        var rows = new ProbeRows
        {
            Keys = keys.Address,
            Lists = args.Lists.Address,
            Scores = args.Scores.Address,
            Columns = lists,
            Kept = kept,
        };
        _select.Run(on, rows, space, lists, 0, 1);
    }

    static (DeviceTensor<uint> Keys, SelectSpace Space) Rent(DeviceMemory memory, long queries, long lists, long kept) =>
        (memory.Rent<uint>(new(queries, lists)), SelectSpace.Rent(memory, queries, kept));

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProbeArguments
    {
        public ulong Queries;
        public ulong Centroids;
        public ulong Bias;
        public ulong Keys;
        public long Count;
        public long ListCount;
        public long Dim;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProbeRows
    {
        public ulong Keys;
        public ulong Lists;
        public ulong Scores;
        public long Columns;
        public long Kept;
    }
}
