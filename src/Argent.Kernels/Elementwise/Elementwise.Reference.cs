namespace Argent.Kernels;

static unsafe class ElementwiseReference
{
    public static void Run(in ElementwiseArgs args)
    {
        Check(in args);
        float* left = args.Left.Pointer;
        float* right = args.Right.Pointer;
        float* output = args.Output.Pointer;
        for (long i = 0; i < args.Left.Count; i++)
        {
            output[i] = args.Op switch
            {
                ElementwiseOp.Add => left[i] + right[i % args.Right.Count],
                ElementwiseOp.Multiply => left[i] * right[i % args.Right.Count],
                ElementwiseOp.Scale => left[i] * args.Scalar,
                ElementwiseOp.Relu => MathF.Max(0f, left[i]),
                _ => 1f / (1f + MathF.Exp(-left[i])),
            };
        }
    }

    public static void Check(in ElementwiseArgs args)
    {
        if (!Enum.IsDefined(args.Op)) throw new ArgumentException($"Elementwise: unknown step {args.Op}.");
        if (!args.Left.IsPresent) throw new ArgumentException("Elementwise: Left is missing.");
        Checks.Is("Elementwise: Output", args.Output, args.Left.Shape, "Left", args.Left.Shape);
        if (args.Op is not (ElementwiseOp.Add or ElementwiseOp.Multiply)) return;
        var shape = args.Left.Shape;
        bool repeats = args.Right.IsPresent && args.Right.Shape.Rank == 1 && args.Right.Count == shape[shape.Rank - 1];
        if (!repeats) Checks.Is("Elementwise: Right", args.Right, shape, "Left", shape);
    }
}
