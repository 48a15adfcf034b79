using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class NormalizeRowsAvx2
{
    public static void Run(in NormalizeRowsArgs args, Workers workers)
    {
        NormalizeRowsReference.Check(args);
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
                float* input = Input + (m * Columns);
                double length = Math.Sqrt(RowSums.Dot(input, input, Columns));
                float factor = length < NormalizeRowsReference.LengthMin ? 0f : (float)(1 / length);
                Scale(input, factor, Output + (m * Columns), Columns);
            }
        }

        static void Scale(float* input, float factor, float* output, long count)
        {
            var factors = Vector256.Create(factor);
            long d = 0;
            for (; d + 8 <= count; d += 8) Avx.Store(output + d, Avx.Multiply(Avx.LoadVector256(input + d), factors));
            for (; d < count; d++) output[d] = input[d] * factor;
        }
    }
}
