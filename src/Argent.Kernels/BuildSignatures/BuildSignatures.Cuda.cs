using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Filter-index bits of a run of slots in a device's memory; see <see cref="BuildSignaturesArgs"/>.</summary>
public readonly record struct DeviceBuildSignaturesArgs
{
    /// <summary>The filter index to write.</summary>
    public required DeviceFilterWords Words { get; init; }

    /// <summary>The first slot.</summary>
    public required int FirstSlot { get; init; }

    /// <summary>[n + 1] int32, bounds of each slot's Bloom terms.</summary>
    public required DeviceTensor<int> TermStart { get; init; }

    /// <summary>[t] uint64 hashes of Bloom terms.</summary>
    public required DeviceTensor<ulong> Terms { get; init; }

    /// <summary>[n + 1] int32, bounds of each slot's bitmap rows.</summary>
    public required DeviceTensor<int> ExactStart { get; init; }

    /// <summary>[e] int32 bitmap rows, each in [0, ExactRows).</summary>
    public required DeviceTensor<int> ExactRows { get; init; }
}

/// <summary>Writes filter-index bits on a GPU, a thread block for each block of the index.</summary>
public static class BuildSignaturesCuda
{
    const uint Threads = 256;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Rows;
        public ulong BlockStart;
        public ulong TermStart;
        public ulong Terms;
        public ulong ExactStart;
        public ulong Exact;
        public long FirstSlot;
        public long Count;
        public long FirstWord;
        public long FirstBlock;
        public int ExactRows;
        public int HashCount;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("BuildSignatures/BuildSignatures.cu", "argent_build_signatures");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or the slots are outside the index.</exception>
    public static void Launch(in CudaQueue on, in DeviceBuildSignaturesArgs args)
    {
        long slots = (args.Words.BlockStart.Count - 1) * FilterWords.BlockSlots, end = args.FirstSlot + args.TermStart.Count - 1;
        if (args.FirstSlot < 0 || end > slots)
        {
            throw new ArgumentException($"BuildSignatures: slots {args.FirstSlot} to {end} are outside the index of {slots}.");
        }
        Launch(in on, in args, firstBlock: 0, firstWord: 0);
    }

    /// <summary>The same with a part of the index: its blocks from <paramref name="firstBlock"/> on, and their words.</summary>
    internal static void Launch(in CudaQueue on, in DeviceBuildSignaturesArgs args, long firstBlock, long firstWord)
    {
        DeviceChecks.Rank("BuildSignatures: TermStart", args.TermStart, 1);
        DeviceChecks.Is("BuildSignatures: ExactStart", args.ExactStart, args.TermStart.Shape);
        long count = args.TermStart.Count - 1;
        if (count <= 0) return;
        var parameters = new Parameters
        {
            Rows = args.Words.Rows.Address,
            BlockStart = args.Words.BlockStart.Address,
            TermStart = args.TermStart.Address,
            Terms = args.Terms.Address,
            ExactStart = args.ExactStart.Address,
            Exact = args.ExactRows.Address,
            FirstSlot = args.FirstSlot,
            Count = count,
            FirstWord = firstWord,
            FirstBlock = firstBlock,
            ExactRows = args.Words.ExactRows,
            HashCount = args.Words.HashCount,
        };
        long first = args.FirstSlot / FilterWords.BlockSlots, last = (args.FirstSlot + count - 1) / FilterWords.BlockSlots;
        on.Launch(Kernel, new LaunchSize(last - first + 1, Threads), in parameters);
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void BuildSignatures(in BuildSignaturesArgs args)
    {
        BuildSignaturesReference.Check(in args);
        // Only the blocks that are written travel.
        long firstBlock = args.FirstSlot / FilterWords.BlockSlots;
        long endBlock = (args.FirstSlot + args.TermStart.Count - 1 + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots;
        if (endBlock <= firstBlock) return;
        lock (_lock)
        {
            Begin();
            var starts = args.Words.BlockStart.Rows(firstBlock, endBlock - firstBlock + 1);
            var words = args.Words.Rows.Rows(starts[0], starts[starts.Count - 1] - starts[0]);
            var rows = Copy(words);
            var copies = new DeviceBuildSignaturesArgs
            {
                Words = new DeviceFilterWords
                {
                    Rows = rows,
                    BlockStart = Copy(starts),
                    ExactRows = args.Words.ExactRows,
                    HashCount = args.Words.HashCount,
                },
                FirstSlot = args.FirstSlot,
                TermStart = Input(args.TermStart),
                Terms = Input(args.Terms),
                ExactStart = Input(args.ExactStart),
                ExactRows = Input(args.ExactRows),
            };
            BuildSignaturesCuda.Launch(Queue, in copies, firstBlock, starts[0]);
            Result(rows, words);
            Finish();
        }
    }
}
