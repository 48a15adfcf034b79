namespace Argent.Kernels;

/// <summary>
/// A unit of work is a block of a segment's queries and one head: logits, weights and outputs are matrix products of the
/// block, so every key that is read serves all its queries.
/// </summary>
static unsafe class AttentionAvx2
{
    public static void Run(in AttentionArgs args, Workers workers)
    {
        AttentionReference.Check(args);
        var view = new AttentionView(args);
        var work = new Work { View = view };
        long blocks = 0, products = 0;
        for (int b = 0; b < view.Segments; b++)
        {
            long queries = view.QueryStart[b + 1] - view.QueryStart[b];
            blocks += (queries + AttentionBlock.Rows - 1) / AttentionBlock.Rows;
            products += queries * (view.KeyStart[b + 1] - view.KeyStart[b] + 1);
        }
        if (blocks == 0) return;
        work.Blocks = (Place*)CallerMemory.Rent(blocks * sizeof(Place));
        Lay(view, work.Blocks);
        work.Units = checked(blocks * view.Heads);
        work.UnitWork = products * (view.Depth + view.ValueDepth) / blocks;
        workers.Run(ref work, Chunks.RowCount(work.Units, work.UnitWork));
    }

    static void Lay(in AttentionView view, Place* blocks)
    {
        for (int b = 0; b < view.Segments; b++)
        {
            for (int i = view.QueryStart[b]; i < view.QueryStart[b + 1]; i += AttentionBlock.Rows) *blocks++ = new Place(b, i);
        }
    }

    readonly record struct Place(int Segment, int FirstQuery);

    struct Work : IChunkedWork
    {
        public AttentionView View;
        public Place* Blocks;
        public long Units;

        /// <summary>Multiply-adds of a unit of the mean size.</summary>
        public long UnitWork;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Units, UnitWork);
            for (long unit = first; unit < last; unit++)
            {
                var place = Blocks[unit / View.Heads];
                Attend(new AttentionBlock(View, place.Segment, (int)(unit % View.Heads), place.FirstQuery));
            }
        }

        readonly void Attend(in AttentionBlock block)
        {
            float* weights = (float*)ThreadMemory.ForChunk((long)block.Count * block.Columns * sizeof(float));
            block.Logits(weights, fast: true);
            block.Weights(weights, fast: true);
            var sums = new Gemm
            {
                A = weights,
                ARow = block.Columns,
                AColumn = 1, // [Count, Columns]
                B = View.Values + block.ValueOffset,
                BRow = View.ValueWidth,
                BColumn = 1, // [Columns, V]
                C = View.Output + block.OutputOffset,
                CRow = View.ValueWidth,
                M = block.Count,
                N = View.ValueDepth,
                K = block.Columns,
            };
            AttentionBlock.Run(sums, fast: true);
        }
    }
}
