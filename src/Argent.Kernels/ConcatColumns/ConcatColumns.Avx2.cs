namespace Argent.Kernels;

static unsafe class ConcatColumnsAvx2
{
    public static void Run(in ConcatColumnsArgs args, Workers workers)
    {
        ConcatColumnsReference.Check(args);
        var work = new Work
        {
            Left = args.Left.Pointer,
            Right = args.Right.Pointer,
            Output = args.Output.Pointer,
            Rows = args.Left.Shape[0],
            LeftColumns = checked((int)args.Left.Shape[1]),
            RightColumns = checked((int)args.Right.Shape[1]),
        };
        workers.Run(ref work, Chunks.RowCount(work.Rows, args.Output.Shape[1]));
    }

    /// <summary>Copies rows; the runtime's copy already uses the widest vectors.</summary>
    struct Work : IChunkedWork
    {
        public float* Left;
        public float* Right;
        public float* Output;
        public long Rows;
        public int LeftColumns;
        public int RightColumns;

        public readonly void Run(int chunk)
        {
            long width = (long)LeftColumns + RightColumns;
            var (first, last) = Chunks.RowBounds(chunk, Rows, width);
            for (long m = first; m < last; m++)
            {
                float* output = Output + (m * width);
                new Span<float>(Left + (m * LeftColumns), LeftColumns).CopyTo(new(output, LeftColumns));
                new Span<float>(Right + (m * RightColumns), RightColumns).CopyTo(new(output + LeftColumns, RightColumns));
            }
        }
    }
}
