namespace Argent.Kernels;

static unsafe class GatherRowsBFloat16Reference
{
    public static void Run(in GatherRowsBFloat16Args args)
    {
        Check(in args);
        long dim = args.Table.Shape[1];
        for (long i = 0; i < args.Indices.Count; i++)
        {
            long index = args.Indices.Pointer[i];
            for (long d = 0; d < dim; d++)
            {
                args.Rows.Pointer[(i * dim) + d] = index < 0 ? 0f : args.Table.Pointer[(index * dim) + d];
            }
        }
    }

    public static void Check(in GatherRowsBFloat16Args args)
    {
        Checks.Rank("GatherRowsBFloat16: Table", args.Table, 2);
        Checks.Rank("GatherRowsBFloat16: Indices", args.Indices, 1);
        var expected = new Tensors.Shape(args.Indices.Count, args.Table.Shape[1]);
        Checks.Is("GatherRowsBFloat16: Rows", args.Rows, expected, "Table", args.Table.Shape);
        Checks.Apart("GatherRowsBFloat16: Rows", args.Rows, "Table", args.Table);
        Checks.Rows("GatherRowsBFloat16: an index", args.Indices, args.Table.Shape[0]);
    }
}
