namespace Argent.Kernels;

static unsafe class NormalizeRowsReference
{
    /// <summary>Shorter rows have no direction.</summary>
    public const double LengthMin = 1e-12;

    public static void Run(in NormalizeRowsArgs args)
    {
        Check(in args);
        long rows = args.Input.Shape[0], dim = args.Input.Shape[1];
        for (long m = 0; m < rows; m++)
        {
            float* input = args.Input.Pointer + m * dim;
            float* output = args.Output.Pointer + m * dim;
            double squares = 0;
            for (long d = 0; d < dim; d++) squares += (double)input[d] * input[d];
            double length = Math.Sqrt(squares);
            float factor = length < LengthMin ? 0f : (float)(1 / length);
            for (long d = 0; d < dim; d++) output[d] = input[d] * factor;
        }
    }

    public static void Check(in NormalizeRowsArgs args)
    {
        Checks.Rank("NormalizeRows: Input", args.Input, 2);
        Checks.Is("NormalizeRows: Output", args.Output, args.Input.Shape, "Input", args.Input.Shape);
    }
}
