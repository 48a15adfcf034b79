namespace Argent.Kernels;

static unsafe class SoftmaxReference
{
    public static void Run(in SoftmaxArgs args)
    {
        Check(in args);
        long rows = args.Input.Shape[0], columns = args.Input.Shape[1];
        for (long m = 0; m < rows; m++)
        {
            float* input = args.Input.Pointer + m * columns;
            float* output = args.Output.Pointer + m * columns;
            float max = float.NegativeInfinity;
            for (long c = 0; c < columns; c++) max = MathF.Max(max, input[c]);
            double sum = 0;
            for (long c = 0; c < columns; c++)
            {
                output[c] = float.IsNegativeInfinity(input[c]) ? 0f : MathF.Exp(input[c] - max);
                sum += output[c];
            }
            if (sum == 0) continue;
            for (long c = 0; c < columns; c++) output[c] = (float)(output[c] / sum);
        }
    }

    public static void Check(in SoftmaxArgs args)
    {
        Checks.Rank("Softmax: Input", args.Input, 2);
        Checks.Is("Softmax: Output", args.Output, args.Input.Shape, "Input", args.Input.Shape);
    }
}
