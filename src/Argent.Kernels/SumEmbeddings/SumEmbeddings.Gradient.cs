namespace Argent.Kernels;

/// <summary>dtable[id] += factor(bag) * doutput[bag] for every id of every bag, in the order of the ids.</summary>
static unsafe class SumEmbeddingsGradient
{
    public static void Run(in SumEmbeddingsArgs args, IGradients gradients, GradientContext context)
    {
        SumEmbeddingsReference.Check(args);
        var table = gradients.Of(args.Table);
        var output = gradients.Of(args.Output);
        if (!table.IsPresent || !output.IsPresent || table.Count == 0) return;
        Checks.Rows("SumEmbeddings: an id", args.Ids, args.Table.Shape[0]);
        gradients.Touch(args.Table, args.Ids);
        var work = new Work
        {
            Table = table.Pointer,
            Output = output.Pointer,
            Ids = args.Ids.Pointer,
            Start = args.Start.Pointer,
            Bags = output.Shape[0],
            Columns = table.Shape[1],
            Pooling = args.Pooling,
        };
        context.Workers.Run(ref work, ScatterColumns.Chunks(work.Columns));
    }

    /// <summary>Adds some columns of every row: chunks never meet, and each element is summed in the order of the ids.</summary>
    struct Work : IChunkedWork
    {
        public float* Table;
        public float* Output;
        public int* Ids;
        public int* Start;
        public long Bags;
        public long Columns;
        public Pooling Pooling;

        public readonly void Run(int chunk)
        {
            var (first, count) = ScatterColumns.Bounds(chunk, Columns);
            for (long b = 0; b < Bags; b++)
            {
                float factor = Factor(Start[b], Start[b + 1]);
                var output = Output + (b * Columns) + first;
                for (int j = Start[b]; j < Start[b + 1]; j++)
                {
                    if (Ids[j] >= 0) ScatterColumns.Add(Table + (Ids[j] * Columns) + first, output, factor, count);
                }
            }
        }

        readonly float Factor(int first, int last)
        {
            int count = 0;
            for (int j = first; j < last; j++) count += Ids[j] >= 0 ? 1 : 0;
            return SumEmbeddingsReference.Factor(Pooling, count);
        }
    }
}
