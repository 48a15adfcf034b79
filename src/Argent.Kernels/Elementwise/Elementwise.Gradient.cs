using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// dleft += doutput * slope, with slope 1 (Add), right (Multiply), scalar, output > 0 (Relu) or output * (1 - output)
/// (Sigmoid); dright += doutput (Add) or doutput * left (Multiply), summed over the rows when right is repeated.
/// </summary>
/// <remarks>
/// When the operation ran in place, left and output share one gradient, which is then replaced instead of added to.
/// Multiply in place has lost what its gradient needs and is refused.
/// </remarks>
static unsafe class ElementwiseGradient
{
    public static void Run(in ElementwiseArgs args, IGradients gradients, GradientContext context)
    {
        ElementwiseReference.Check(args);
        var output = gradients.Of(args.Output);
        if (!output.IsPresent || output.Count == 0) return;
        if (args.Op == ElementwiseOp.Multiply && args.Output.Pointer == args.Left.Pointer)
        {
            throw new ArgumentException("Elementwise: Multiply in place has no gradient, as Left is overwritten.");
        }
        // Right first: in place, the left gradient replaces the output's.
        if (args.Op is ElementwiseOp.Add or ElementwiseOp.Multiply) AddToRight(args, output, gradients, context);
        var left = gradients.Of(args.Left);
        if (!left.IsPresent) return;
        bool repeats = args.Right.IsPresent && args.Right.Count < output.Count;
        var work = new LeftWork
        {
            Op = args.Op,
            Left = left.Pointer,
            Output = output.Pointer,
            OutputValues = args.Output.Pointer,
            RightValues = args.Right.Pointer,
            RepeatsRight = repeats,
            Scalar = args.Scalar,
            Rows = repeats ? output.Count / args.Right.Count : output.Count,
            Columns = repeats ? args.Right.Count : 1,
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    static void AddToRight(
        in ElementwiseArgs args, in Tensor<float> output, IGradients gradients, GradientContext context)
    {
        var right = gradients.Of(args.Right);
        if (!right.IsPresent) return;
        // A right of the same count is one long row: the sum over its single row is the plain case.
        ColumnSums.Add(output, args.Op == ElementwiseOp.Multiply ? args.Left : default, right, context.Workers);
    }

    struct LeftWork : IChunkedWork
    {
        public ElementwiseOp Op;
        public float* Left;
        public float* Output;
        public float* OutputValues;
        public float* RightValues;
        public bool RepeatsRight;
        public float Scalar;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            if (!RepeatsRight)
            {
                Line(first, RightValues + first, last - first);
                return;
            }
            for (long m = first; m < last; m++) Line(m * Columns, RightValues, Columns);
        }

        readonly void Line(long start, float* right, long count)
        {
            float* left = Left + start;
            float* output = Output + start;
            float* values = OutputValues + start;
            bool adds = Left != Output;
            long i = 0;
            for (; i + 8 <= count; i += 8)
            {
                var g = Vector256.Load(output + i) * Slope(values + i, right + i);
                (adds ? Vector256.Load(left + i) + g : g).Store(left + i);
            }
            for (; i < count; i++)
            {
                float g = output[i] * SlopeOfOne(values + i, right + i);
                left[i] = adds ? left[i] + g : g;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly Vector256<float> Slope(float* value, float* right)
        {
            var one = Vector256.Create(1f);
            return Op switch
            {
                ElementwiseOp.Add => one,
                ElementwiseOp.Multiply => Vector256.Load(right),
                ElementwiseOp.Scale => Vector256.Create(Scalar),
                ElementwiseOp.Relu => Vector256.GreaterThan(Vector256.Load(value), Vector256<float>.Zero) & one,
                _ => Vector256.Load(value) * (one - Vector256.Load(value)),
            };
        }

        readonly float SlopeOfOne(float* value, float* right) => Op switch
        {
            ElementwiseOp.Add => 1,
            ElementwiseOp.Multiply => *right,
            ElementwiseOp.Scale => Scalar,
            ElementwiseOp.Relu => *value > 0 ? 1 : 0,
            _ => *value * (1 - *value),
        };
    }
}
