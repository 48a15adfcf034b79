namespace Argent.Kernels;

/// <summary>A chunk is a run of blocks.</summary>
static unsafe class FilterMaskAvx2
{
    const int ChunkBlocks = 256;

    // A block is evaluated in less time than memory needs to answer; beyond some 8 lines a term, requests wait anyway.
    const int BlocksAhead = 2;

    public static void Run(in FilterMaskArgs args, Workers workers)
    {
        FilterMaskReference.Check(in args);
        var mask = BlockMask.Of(args.Words, args.Program);
        if (!mask.IsPresent)
        {
            args.Masks.Span.Fill(~0UL);
            return;
        }
        long blocks = args.Masks.Shape[0];
        var work = new Work { Mask = mask, First = args.FirstBlock, Blocks = blocks, Masks = args.Masks.Pointer };
        workers.Run(ref work, (int)((blocks + ChunkBlocks - 1) / ChunkBlocks));
    }

    struct Work : IChunkedWork
    {
        public BlockMask Mask;
        public long First;
        public long Blocks;
        public ulong* Masks;

        public readonly void Run(int chunk)
        {
            long first = (long)chunk * ChunkBlocks, end = Math.Min(first + ChunkBlocks, Blocks);
            for (long b = first; b < Math.Min(first + BlocksAhead, end); b++) Mask.Prefetch(First + b);
            for (long b = first; b < end; b++)
            {
                if (b + BlocksAhead < end) Mask.Prefetch(First + b + BlocksAhead);
                Mask.Evaluate(First + b, Masks + b * FilterWords.BlockWords);
            }
        }
    }
}
