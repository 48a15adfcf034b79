namespace Argent.Kernels;

/// <summary>dx += y * (dy - y · dy) by row; replaces instead of adding when the operation ran in place.</summary>
static unsafe class SoftmaxGradient
{
    public static void Run(in SoftmaxArgs args, IGradients gradients, GradientContext context)
    {
        SoftmaxReference.Check(args);
        var input = gradients.Of(args.Input);
        var output = gradients.Of(args.Output);
        if (!input.IsPresent || !output.IsPresent) return;
        var work = new Work
        {
            Input = input.Pointer,
            Output = output.Pointer,
            OutputValues = args.Output.Pointer,
            Rows = args.Output.Shape[0],
            Columns = args.Output.Shape[1],
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Input;
        public float* Output;
        public float* OutputValues;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                AddRow(OutputValues + (m * Columns), Output + (m * Columns), Input + (m * Columns));
            }
        }

        readonly void AddRow(float* y, float* dy, float* dx)
        {
            double sum = 0;
            for (long c = 0; c < Columns; c++) sum += (double)y[c] * dy[c];
            float dot = (float)sum, keep = Input == Output ? 0 : 1;
            for (long c = 0; c < Columns; c++) dx[c] = (keep * dx[c]) + (y[c] * (dy[c] - dot));
        }
    }
}
