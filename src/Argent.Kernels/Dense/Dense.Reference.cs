namespace Argent.Kernels;

static unsafe class DenseReference
{
    public static void Run(in DenseArgs args)
    {
        Check(in args);
        long rows = args.Input.Shape[0], depth = args.Input.Shape[1], columns = args.Weight.Shape[0];
        for (long m = 0; m < rows; m++)
        {
            for (long n = 0; n < columns; n++)
            {
                float sum = args.Bias.IsPresent ? args.Bias.Pointer[n] : 0f;
                float* input = args.Input.Pointer + m * depth;
                float* weight = args.Weight.Pointer + n * depth;
                for (long k = 0; k < depth; k++) sum += input[k] * weight[k];
                args.Output.Pointer[m * columns + n] = Apply(args.Activation, sum);
            }
        }
    }

    public static void Check(in DenseArgs args)
    {
        Checks.Rank("Dense: Input", args.Input, 2);
        Checks.Rank("Dense: Weight", args.Weight, 2);
        long columns = args.Weight.Shape[0];
        Checks.Is("Dense: Weight", args.Weight, new(columns, args.Input.Shape[1]), "Input", args.Input.Shape);
        Checks.IsOrMissing("Dense: WeightPanels", args.WeightPanels, RowPanels.ShapeOf(args.Weight.Shape), "Weight", args.Weight.Shape);
        Checks.IsOrMissing("Dense: Bias", args.Bias, new(columns), "Weight", args.Weight.Shape);
        Checks.Is("Dense: Output", args.Output, new(args.Input.Shape[0], columns), "Weight", args.Weight.Shape);
        Checks.Apart("Dense: Output", args.Output, "Input", args.Input);
        Checks.Apart("Dense: Output", args.Output, "Weight", args.Weight);
    }

    public static float Apply(Activation activation, float y) => activation switch
    {
        Activation.None => y,
        Activation.Relu => MathF.Max(0f, y),
        Activation.Sigmoid => 1f / (1f + MathF.Exp(-y)),
        Activation.Silu => y / (1f + MathF.Exp(-y)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Dense: unknown activation."),
    };
}
