namespace Argent.Kernels;

static unsafe class LayerNormReference
{
    public static void Run(in LayerNormArgs args)
    {
        Check(in args);
        long rows = args.Input.Shape[0], dim = args.Input.Shape[1];
        for (long m = 0; m < rows; m++)
        {
            float* input = args.Input.Pointer + m * dim;
            float* output = args.Output.Pointer + m * dim;
            double sum = 0, squares = 0;
            for (long d = 0; d < dim; d++) sum += input[d];
            double mean = sum / dim;
            for (long d = 0; d < dim; d++) squares += (input[d] - mean) * (input[d] - mean);
            double factor = 1 / Math.Sqrt(squares / dim + args.Epsilon);
            for (long d = 0; d < dim; d++)
            {
                output[d] = (float)((input[d] - mean) * factor) * args.Gain.Pointer[d] + args.Shift.Pointer[d];
            }
        }
    }

    public static void Check(in LayerNormArgs args)
    {
        Checks.Rank("LayerNorm: Input", args.Input, 2);
        long dim = args.Input.Shape[1];
        Checks.Is("LayerNorm: Gain", args.Gain, new(dim), "Input", args.Input.Shape);
        Checks.Is("LayerNorm: Shift", args.Shift, new(dim), "Input", args.Input.Shape);
        Checks.Is("LayerNorm: Output", args.Output, args.Input.Shape, "Input", args.Input.Shape);
        Checks.Apart("LayerNorm: Output", args.Output, "Input", args.Input);
    }
}
