namespace Argent.Kernels;

static unsafe class SoftmaxAvx2
{
    public static void Run(in SoftmaxArgs args, Workers workers)
    {
        SoftmaxReference.Check(args);
        var work = new Work
        {
            Input = args.Input.Pointer,
            Output = args.Output.Pointer,
            Rows = args.Input.Shape[0],
            Columns = args.Input.Shape[1],
        };
        workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Input;
        public float* Output;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                var row = new SoftmaxRow { Logits = Input + (m * Columns), Columns = Columns };
                float max = row.Max();
                float* output = Output + (m * Columns);
                if (float.IsNegativeInfinity(max) && !HasNaN(row)) new Span<float>(output, checked((int)Columns)).Clear();
                else row.Write(max, (float)(1 / row.Sum(max)), output, adds: false);
            }
        }

        static bool HasNaN(in SoftmaxRow row)
        {
            for (long c = 0; c < row.Columns; c++)
            {
                if (float.IsNaN(row.Logits[c])) return true;
            }
            return false;
        }
    }
}
