using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class LayerNormAvx2
{
    public static void Run(in LayerNormArgs args, Workers workers)
    {
        LayerNormReference.Check(args);
        var work = new Work
        {
            Input = args.Input.Pointer,
            Gain = args.Gain.Pointer,
            Shift = args.Shift.Pointer,
            Output = args.Output.Pointer,
            Epsilon = args.Epsilon,
            Rows = args.Input.Shape[0],
            Columns = args.Input.Shape[1],
        };
        workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Input;
        public float* Gain;
        public float* Shift;
        public float* Output;
        public float Epsilon;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                float* input = Input + (m * Columns);
                double mean = RowSums.Sum(input, Columns) / Columns;
                double variance = RowSums.Squares(input, mean, Columns) / Columns;
                Write(input, mean, 1 / Math.Sqrt(variance + Epsilon), Output + (m * Columns));
            }
        }

        /// <summary>(x - mean) * factor in float64, as the difference of near numbers would lose digits in float32.</summary>
        readonly void Write(float* input, double mean, double factor, float* output)
        {
            var means = Vector256.Create(mean);
            var factors = Vector256.Create(factor);
            long d = 0;
            for (; d + 4 <= Columns; d += 4)
            {
                var x = Avx.Subtract(Avx.ConvertToVector256Double(Avx.LoadVector128(input + d)), means);
                var normal = Avx.ConvertToVector128Single(Avx.Multiply(x, factors));
                var scaled = Sse.Multiply(normal, Avx.LoadVector128(Gain + d));
                Sse.Store(output + d, Sse.Add(scaled, Avx.LoadVector128(Shift + d)));
            }
            for (; d < Columns; d++) output[d] = ((float)((input[d] - mean) * factor) * Gain[d]) + Shift[d];
        }
    }
}
