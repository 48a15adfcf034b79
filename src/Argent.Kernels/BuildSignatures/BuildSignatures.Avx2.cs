using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>A chunk is one block, so no two chunks write one word.</summary>
static unsafe class BuildSignaturesAvx2
{
    public static void Run(in BuildSignaturesArgs args, Workers workers)
    {
        BuildSignaturesReference.Check(in args);
        long count = args.TermStart.Count - 1;
        if (count == 0) return;
        // A copy on this stack, which stays in place while the chunks read it.
        var copy = args;
        long first = args.FirstSlot / FilterWords.BlockSlots;
        long last = (args.FirstSlot + count - 1) / FilterWords.BlockSlots;
        var work = new BlockWork { Args = Unsafe.AsPointer(ref copy), FirstBlock = first };
        workers.Run(ref work, (int)(last - first + 1));
    }

    struct BlockWork : IChunkedWork
    {
        public void* Args;
        public long FirstBlock;

        public readonly void Run(int chunk)
        {
            ref readonly var args = ref Unsafe.AsRef<BuildSignaturesArgs>(Args);
            long block = FirstBlock + chunk, blockSlot = block * FilterWords.BlockSlots;
            long from = Math.Max(args.FirstSlot, blockSlot);
            long to = Math.Min(args.FirstSlot + args.TermStart.Count - 1, blockSlot + FilterWords.BlockSlots);
            long start = args.Words.BlockStart.Pointer[block];
            int rows = (int)((args.Words.BlockStart.Pointer[block + 1] - start) / FilterWords.BlockWords);
            ulong* words = args.Words.Rows.Pointer + start;
            ClearColumns(words, rows, from - blockSlot, to - blockSlot);
            for (long slot = from; slot < to; slot++)
            {
                ulong* column = words + (slot - blockSlot) / 64;
                ulong bit = 1UL << (int)(slot % 64);
                BuildSignaturesReference.SetBits(in args, slot - args.FirstSlot, column, bit, rows - args.Words.ExactRows);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void ClearColumns(ulong* words, int rows, long from, long to)
        {
            ulong* kept = stackalloc ulong[FilterWords.BlockWords];
            new Span<ulong>(kept, FilterWords.BlockWords).Fill(~0UL);
            for (long slot = from; slot < to; slot++) kept[slot / 64] &= ~(1UL << (int)(slot % 64));
            var (kept0, kept1) = (Avx.LoadVector256(kept), Avx.LoadVector256(kept + 4));
            for (long r = 0; r < rows; r++, words += FilterWords.BlockWords)
            {
                Avx.Store(words, Avx2.And(Avx.LoadVector256(words), kept0));
                Avx.Store(words + 4, Avx2.And(Avx.LoadVector256(words + 4), kept1));
            }
        }
    }
}
