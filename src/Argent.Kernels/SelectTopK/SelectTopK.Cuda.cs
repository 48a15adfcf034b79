using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="SelectTopKArgs"/> in a device's memory.</summary>
public readonly record struct DeviceSelectTopKArgs
{
    /// <summary>[B, C] float32; -infinity marks an empty place and is never selected.</summary>
    public required DeviceTensor<float> Scores { get; init; }

    /// <summary>[B, C] float32 that orders equal scores, higher first, NaN last; or no tensor.</summary>
    public DeviceTensor<float> Seconds { get; init; }

    /// <summary>[B, C] int32 that orders what is still equal, lower first; or no tensor for the position.</summary>
    public DeviceTensor<int> Ties { get; init; }

    /// <summary>[B, K] float32, overwritten, best first; -infinity where unfilled.</summary>
    public required DeviceTensor<float> Top { get; init; }

    /// <summary>[B, K] int32 positions in the row, or -1 where unfilled.</summary>
    public required DeviceTensor<int> Positions { get; init; }
}

/// <summary>Selection on a device: equal bits, launches that follow from shapes alone.</summary>
public static class SelectTopKCuda
{
    static readonly SelectKernels<ScoreRows> _kernels = new("SelectTopK/SelectTopK.cu", "argent_topk");

    internal static IEnumerable<CudaKernel> Kernels => _kernels.All;

    /// <summary>Bytes of working memory.</summary>
    public static long WorkingBytes(long rows, long kept)
    {
        var planned = DeviceMemory.Planned();
        _ = Rent(planned, new Shape(rows, kept));
        return planned.PeakBytes;
    }

    /// <summary>Queues a selection, working in <paramref name="memory"/>; the same call over planned memory counts what it needs.</summary>
    public static void Run(in CudaQueue on, in DeviceSelectTopKArgs args, DeviceMemory memory)
    {
        var space = Rent(memory, args.Top.Shape);
        var rows = new ScoreRows
        {
            Scores = args.Scores.Address,
            Seconds = args.Seconds.Address,
            Ties = args.Ties.Address,
            Top = args.Top.Address,
            Positions = args.Positions.Address,
            Columns = args.Scores.Shape[1],
            Kept = args.Top.Shape[1],
        };
        bool hasSeconds = args.Seconds.IsPresent, hasTies = args.Ties.IsPresent;
        // Score, second score, tie and position.
        ReadOnlySpan<uint> levels = (hasSeconds, hasTies) switch
        {
            (true, true) => [0, 1, 2, 3],
            (true, false) => [0, 1, 3],
            (false, true) => [0, 2, 3],
            _ => [0, 3],
        };
        _kernels.Run(on, rows, space, args.Scores.Shape[1], levels);
    }

    /// <summary>What a selection of [B, K] works in, to plan for it.</summary>
    internal static SelectSpace Rent(DeviceMemory memory, Shape top) => SelectSpace.Rent(memory, top[0], top[1]);

    [StructLayout(LayoutKind.Sequential)]
    struct ScoreRows
    {
        public ulong Scores;
        public ulong Seconds;
        public ulong Ties;
        public ulong Top;
        public ulong Positions;
        public long Columns;
        public long Kept;
    }
}
