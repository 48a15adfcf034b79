namespace Argent.Kernels;

static unsafe class GatherRowsAvx2
{
    public static void Run(in GatherRowsArgs args, Workers workers)
    {
        GatherRowsReference.Check(args);
        Checks.Rows("GatherRows: an index", args.Indices, args.Table.Shape[0]);
        var work = new Work
        {
            Table = args.Table.Pointer,
            Indices = args.Indices.Pointer,
            Rows = args.Rows.Pointer,
            Count = args.Indices.Count,
            Columns = args.Table.Shape[1],
        };
        workers.Run(ref work, Chunks.RowCount(work.Count, work.Columns));
    }

    /// <summary>Copies rows; the runtime's copy already uses the widest vectors.</summary>
    struct Work : IChunkedWork
    {
        public float* Table;
        public int* Indices;
        public float* Rows;
        public long Count;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Count, Columns);
            int width = checked((int)Columns);
            for (long i = first; i < last; i++)
            {
                var row = new Span<float>(Rows + (i * Columns), width);
                if (Indices[i] < 0) row.Clear();
                else new Span<float>(Table + (Indices[i] * Columns), width).CopyTo(row);
            }
        }
    }
}
