using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class ElementwiseAvx2
{
    public static void Run(in ElementwiseArgs args, Workers workers)
    {
        ElementwiseReference.Check(args);
        long count = args.Left.Count;
        if (count == 0) return;
        bool repeats = args.Right.IsPresent && args.Right.Count < count;
        long width = repeats ? args.Right.Count : 1;
        var work = new Work
        {
            Op = args.Op,
            Left = args.Left.Pointer,
            Right = args.Right.Pointer,
            Output = args.Output.Pointer,
            Scalar = args.Scalar,
            RepeatsRight = repeats,
            Rows = count / width,
            Columns = width,
        };
        workers.Run(ref work, Chunks.RowCount(work.Rows, width));
    }

    struct Work : IChunkedWork
    {
        public ElementwiseOp Op;
        public float* Left;
        public float* Right;
        public float* Output;
        public float Scalar;
        public bool RepeatsRight;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            if (!RepeatsRight)
            {
                Line(Left + first, Right + first, Output + first, last - first);
                return;
            }
            for (long m = first; m < last; m++)
            {
                Line(Left + (m * Columns), Right, Output + (m * Columns), Columns);
            }
        }

        readonly void Line(float* left, float* right, float* output, long count)
        {
            switch (Op)
            {
                case ElementwiseOp.Add:
                    Add(left, right, output, count);
                    break;
                case ElementwiseOp.Multiply:
                    Multiply(left, right, output, count);
                    break;
                case ElementwiseOp.Scale:
                    Scale(left, output, count);
                    break;
                default:
                    var activation = Op == ElementwiseOp.Relu ? Activation.Relu : Activation.Sigmoid;
                    Activate(activation, left, output, count);
                    break;
            }
        }

        static void Add(float* left, float* right, float* output, long count)
        {
            long i = 0;
            for (; i + 8 <= count; i += 8)
            {
                Avx.Store(output + i, Avx.Add(Avx.LoadVector256(left + i), Avx.LoadVector256(right + i)));
            }
            for (; i < count; i++) output[i] = left[i] + right[i];
        }

        static void Multiply(float* left, float* right, float* output, long count)
        {
            long i = 0;
            for (; i + 8 <= count; i += 8)
            {
                Avx.Store(output + i, Avx.Multiply(Avx.LoadVector256(left + i), Avx.LoadVector256(right + i)));
            }
            for (; i < count; i++) output[i] = left[i] * right[i];
        }

        readonly void Scale(float* left, float* output, long count)
        {
            var scalar = Vector256.Create(Scalar);
            long i = 0;
            for (; i + 8 <= count; i += 8) Avx.Store(output + i, Avx.Multiply(Avx.LoadVector256(left + i), scalar));
            for (; i < count; i++) output[i] = left[i] * Scalar;
        }

        static void Activate(Activation activation, float* left, float* output, long count)
        {
            long i = 0;
            for (; i + 8 <= count; i += 8)
            {
                Avx.Store(output + i, Exponentials.Apply(activation, Avx.LoadVector256(left + i)));
            }
            if (i == count) return;
            // The last few go through the same arithmetic, so that a value does not depend on its place.
            float* rest = stackalloc float[8];
            for (long j = i; j < count; j++) rest[j - i] = left[j];
            var result = Exponentials.Apply(activation, Avx.LoadVector256(rest));
            for (long j = i; j < count; j++) output[j] = result[(int)(j - i)];
        }
    }
}
