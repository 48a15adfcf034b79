using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>dleft += the left columns of doutput, dright += the right ones.</summary>
static unsafe class ConcatColumnsGradient
{
    public static void Run(in ConcatColumnsArgs args, IGradients gradients, GradientContext context)
    {
        ConcatColumnsReference.Check(args);
        var output = gradients.Of(args.Output);
        if (!output.IsPresent || output.Count == 0) return;
        Add(output, 0, gradients.Of(args.Left), context);
        Add(output, args.Left.Shape[1], gradients.Of(args.Right), context);
    }

    static void Add(in Tensor<float> output, long firstColumn, Tensor<float> part, GradientContext context)
    {
        if (!part.IsPresent || part.Count == 0) return;
        var work = new Work
        {
            Output = output.Pointer + firstColumn,
            OutputColumns = output.Shape[1],
            Part = part.Pointer,
            Rows = part.Shape[0],
            Columns = part.Shape[1],
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Output;
        public long OutputColumns;
        public float* Part;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                ScatterColumns.Add(Part + (m * Columns), Output + (m * OutputColumns), 1, (int)Columns);
            }
        }
    }
}
