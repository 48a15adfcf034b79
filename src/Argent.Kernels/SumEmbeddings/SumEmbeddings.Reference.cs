namespace Argent.Kernels;

static unsafe class SumEmbeddingsReference
{
    public static void Run(in SumEmbeddingsArgs args)
    {
        Check(in args);
        long dim = args.Table.Shape[1], bags = args.Output.Shape[0];
        args.Output.Clear();
        for (long b = 0; b < bags; b++)
        {
            float* output = args.Output.Pointer + b * dim;
            int count = 0;
            for (int j = args.Start.Pointer[b]; j < args.Start.Pointer[b + 1]; j++)
            {
                int id = args.Ids.Pointer[j];
                if (id < 0) continue;
                Checks.Index("SumEmbeddings: an id", id, args.Table.Shape[0]);
                count++;
                for (long d = 0; d < dim; d++) output[d] += args.Table.Pointer[id * dim + d];
            }
            float factor = Factor(args.Pooling, count);
            for (long d = 0; d < dim; d++) output[d] *= factor;
        }
    }

    public static void Check(in SumEmbeddingsArgs args)
    {
        Checks.Rank("SumEmbeddings: Table", args.Table, 2);
        Checks.Rank("SumEmbeddings: Ids", args.Ids, 1);
        Checks.Rank("SumEmbeddings: Start", args.Start, 1);
        Checks.Bounds("SumEmbeddings: Start", args.Start, args.Ids.Count);
        long bags = args.Start.Count - 1;
        Checks.Is("SumEmbeddings: Output", args.Output, new(bags, args.Table.Shape[1]), "Start", args.Start.Shape);
    }

    public static float Factor(Pooling pooling, int count) => pooling switch
    {
        Pooling.Sum => 1f,
        Pooling.Mean => count == 0 ? 0f : 1f / count,
        Pooling.SqrtCount => 1f / MathF.Sqrt(count + 1),
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "SumEmbeddings: unknown pooling."),
    };
}
