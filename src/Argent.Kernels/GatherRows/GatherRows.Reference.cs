namespace Argent.Kernels;

static unsafe class GatherRowsReference
{
    public static void Run(in GatherRowsArgs args)
    {
        Check(in args);
        long dim = args.Table.Shape[1];
        for (long i = 0; i < args.Indices.Count; i++)
        {
            int index = args.Indices.Pointer[i];
            if (index >= 0) Checks.Index("GatherRows: an index", index, args.Table.Shape[0]);
            for (long d = 0; d < dim; d++)
            {
                args.Rows.Pointer[i * dim + d] = index < 0 ? 0f : args.Table.Pointer[index * dim + d];
            }
        }
    }

    public static void Check(in GatherRowsArgs args)
    {
        Checks.Rank("GatherRows: Table", args.Table, 2);
        Checks.Rank("GatherRows: Indices", args.Indices, 1);
        var expected = new Tensors.Shape(args.Indices.Count, args.Table.Shape[1]);
        Checks.Is("GatherRows: Rows", args.Rows, expected, "Table", args.Table.Shape);
        Checks.Apart("GatherRows: Rows", args.Rows, "Table", args.Table);
    }
}
