using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The masks of a run of blocks in a device's memory; see <see cref="FilterMaskArgs"/>.</summary>
public readonly record struct DeviceFilterMaskArgs
{
    /// <summary>The filter index.</summary>
    public required DeviceFilterWords Words { get; init; }

    /// <summary>What <see cref="FilterBatch.Write"/> wrote; the first filter's program is evaluated.</summary>
    public required DeviceTensor<ulong> Filters { get; init; }

    /// <summary>The first block.</summary>
    public required long FirstBlock { get; init; }

    /// <summary>[n, 8] uint64, overwritten.</summary>
    public required DeviceTensor<ulong> Masks { get; init; }
}

/// <summary>Evaluates mask programs on a GPU, a thread for 64 slots.</summary>
public static class FilterMaskCuda
{
    const uint Threads = 256;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Filters;
        public ulong Rows;
        public ulong BlockStart;
        public long ExactRows;
        public ulong Masks;
        public long First;
        public long Count;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("Filters/FilterMask.cu", "argent_filter_mask");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">The masks are no blocks of the index.</exception>
    public static void Launch(in CudaQueue on, in DeviceFilterMaskArgs args)
    {
        DeviceChecks.Rank("FilterMask: Masks", args.Masks, 2);
        long blocks = args.Words.BlockStart.Count - 1;
        bool isInside = args.FirstBlock >= 0 && args.FirstBlock + args.Masks.Shape[0] <= blocks;
        if (!isInside || args.Masks.Shape[1] != FilterWords.BlockWords)
        {
            throw new ArgumentException($"FilterMask: {args.Masks.Shape} from block {args.FirstBlock} on does not fit {blocks} blocks.");
        }
        on.Launch(Kernel, LaunchSize.Over(args.Masks.Count, Threads), new Parameters
        {
            Filters = args.Filters.Address,
            Rows = args.Words.Rows.Address,
            BlockStart = args.Words.BlockStart.Address,
            ExactRows = args.Words.ExactRows,
            Masks = args.Masks.Address,
            First = args.FirstBlock * FilterWords.BlockWords,
            Count = args.Masks.Count,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void FilterMask(in FilterMaskArgs args)
    {
        FilterMaskReference.Check(in args);
        var writer = new FilterWriter(default, args.Words);
        var filter = Tensor.Zeros<ulong>(new(writer.WriteMask(args.Program)));
        new FilterWriter(filter, args.Words).WriteMask(args.Program);
        lock (_lock)
        {
            Begin();
            var masks = Output(args.Masks);
            FilterMaskCuda.Launch(Queue, new DeviceFilterMaskArgs
            {
                Words = new DeviceFilterWords
                {
                    Rows = Input(args.Words.Rows),
                    BlockStart = Input(args.Words.BlockStart),
                    ExactRows = args.Words.ExactRows,
                    HashCount = args.Words.HashCount,
                },
                Filters = Input(filter),
                FirstBlock = args.FirstBlock,
                Masks = masks,
            });
            Result(masks, args.Masks);
            Finish();
        }
        filter.Storage.Dispose();
    }
}
