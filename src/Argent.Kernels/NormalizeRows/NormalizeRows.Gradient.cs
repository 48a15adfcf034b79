namespace Argent.Kernels;

/// <summary>dx += (dy - y (y · dy)) / |x|; nothing for a row that was too short to have a direction.</summary>
static unsafe class NormalizeRowsGradient
{
    public static void Run(in NormalizeRowsArgs args, IGradients gradients, GradientContext context)
    {
        NormalizeRowsReference.Check(args);
        Checks.Apart("NormalizeRows (with a gradient): Output", args.Output, "Input", args.Input);
        var input = gradients.Of(args.Input);
        var output = gradients.Of(args.Output);
        if (!input.IsPresent || !output.IsPresent) return;
        var work = new Work
        {
            Input = input.Pointer,
            Output = output.Pointer,
            InputValues = args.Input.Pointer,
            Rows = args.Input.Shape[0],
            Columns = args.Input.Shape[1],
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Input;
        public float* Output;
        public float* InputValues;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                AddRow(InputValues + (m * Columns), Output + (m * Columns), Input + (m * Columns));
            }
        }

        readonly void AddRow(float* x, float* dy, float* dx)
        {
            double squares = 0, dot = 0;
            for (long d = 0; d < Columns; d++)
            {
                squares += (double)x[d] * x[d];
                dot += (double)x[d] * dy[d];
            }
            double length = Math.Sqrt(squares);
            if (length < NormalizeRowsReference.LengthMin) return;
            float factor = (float)(1 / length), along = (float)(dot / squares);
            for (long d = 0; d < Columns; d++) dx[d] += (dy[d] - (x[d] * along)) * factor;
        }
    }
}
