namespace Argent.Kernels;

/// <summary>dtable[indices[i]] += drows[i], in ascending i; negative indices add nothing.</summary>
static unsafe class GatherRowsGradient
{
    public static void Run(in GatherRowsArgs args, IGradients gradients, GradientContext context)
    {
        GatherRowsReference.Check(args);
        var table = gradients.Of(args.Table);
        var rows = gradients.Of(args.Rows);
        if (!table.IsPresent || !rows.IsPresent || table.Count == 0) return;
        Checks.Rows("GatherRows: an index", args.Indices, args.Table.Shape[0]);
        gradients.Touch(args.Table, args.Indices);
        var work = new Work
        {
            Table = table.Pointer,
            Rows = rows.Pointer,
            Indices = args.Indices.Pointer,
            Count = args.Indices.Count,
            Columns = table.Shape[1],
        };
        context.Workers.Run(ref work, ScatterColumns.Chunks(work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Table;
        public float* Rows;
        public int* Indices;
        public long Count;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, count) = ScatterColumns.Bounds(chunk, Columns);
            for (long i = 0; i < Count; i++)
            {
                if (Indices[i] < 0) continue;
                ScatterColumns.Add(Table + (Indices[i] * Columns) + first, Rows + (i * Columns) + first, 1, count);
            }
        }
    }
}
