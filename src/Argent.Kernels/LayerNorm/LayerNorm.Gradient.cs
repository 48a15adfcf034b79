namespace Argent.Kernels;

/// <summary>
/// With h = (x - mean) * f, f = 1 / sqrt(variance + epsilon) and g = dy * gain:
/// dx += f * (g - mean(g) - h * mean(g * h)), dgain += sum of dy * h, dshift += sum of dy, sums over the rows.
/// </summary>
static unsafe class LayerNormGradient
{
    public static void Run(in LayerNormArgs args, IGradients gradients, GradientContext context)
    {
        LayerNormReference.Check(args);
        var output = gradients.Of(args.Output);
        if (!output.IsPresent || output.Count == 0) return;
        var mark = context.Scratch.Mark();
        var normal = context.Scratch.Rent<float>(output.Shape);
        var work = new Work
        {
            Input = gradients.Of(args.Input).Pointer,
            Output = output.Pointer,
            InputValues = args.Input.Pointer,
            Gain = args.Gain.Pointer,
            Normal = normal.Pointer,
            Epsilon = args.Epsilon,
            Rows = output.Shape[0],
            Columns = output.Shape[1],
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
        var gain = gradients.Of(args.Gain);
        var shift = gradients.Of(args.Shift);
        if (gain.IsPresent) ColumnSums.Add(output, normal, gain, context.Workers);
        if (shift.IsPresent) ColumnSums.Add(output, shift, context.Workers);
        context.Scratch.Release(mark);
        if (mark == default) context.Scratch.Reset();
    }

    struct Work : IChunkedWork
    {
        public float* Input;
        public float* Output;
        public float* InputValues;
        public float* Gain;
        public float* Normal;
        public float Epsilon;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                float* normal = Normal + (m * Columns);
                float factor = Normalize(InputValues + (m * Columns), normal);
                if (Input != null) AddRow(Output + (m * Columns), normal, factor, Input + (m * Columns));
            }
        }

        readonly float Normalize(float* x, float* normal)
        {
            double sum = 0, squares = 0;
            for (long d = 0; d < Columns; d++) sum += x[d];
            double mean = sum / Columns;
            for (long d = 0; d < Columns; d++) squares += (x[d] - mean) * (x[d] - mean);
            double factor = 1 / Math.Sqrt((squares / Columns) + Epsilon);
            for (long d = 0; d < Columns; d++) normal[d] = (float)((x[d] - mean) * factor);
            return (float)factor;
        }

        readonly void AddRow(float* dy, float* normal, float factor, float* dx)
        {
            double sum = 0, dot = 0;
            for (long d = 0; d < Columns; d++)
            {
                double g = (double)dy[d] * Gain[d];
                sum += g;
                dot += g * normal[d];
            }
            float mean = (float)(sum / Columns), along = (float)(dot / Columns);
            for (long d = 0; d < Columns; d++)
            {
                dx[d] += factor * ((dy[d] * Gain[d]) - mean - (normal[d] * along));
            }
        }
    }
}
