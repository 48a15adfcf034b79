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
        var work = new LeftWork
        {
            Op = args.Op,
            Left = left.Pointer,
            Output = output.Pointer,
            OutputValues = args.Output.Pointer,
            RightValues = args.Right.Pointer,
            RightCount = Math.Max(1, args.Right.Count),
            Scalar = args.Scalar,
            Count = output.Count,
        };
        context.Workers.Run(ref work, Chunks.Count(output.Count));
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
        public long RightCount;
        public float Scalar;
        public long Count;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.Bounds(chunk, Count);
            float keep = Left == Output ? 0 : 1;
            for (long i = first; i < last; i++) Left[i] = (keep * Left[i]) + (Output[i] * Slope(i));
        }

        readonly float Slope(long i) => Op switch
        {
            ElementwiseOp.Add => 1,
            ElementwiseOp.Multiply => RightValues[i % RightCount],
            ElementwiseOp.Scale => Scalar,
            ElementwiseOp.Relu => OutputValues[i] > 0 ? 1 : 0,
            _ => OutputValues[i] * (1 - OutputValues[i]),
        };
    }
}
