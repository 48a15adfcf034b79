using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class DenseBFloat16Reference
{
    public static void Run(in DenseBFloat16Args args)
    {
        Check(in args);
        long rows = args.Input.Shape[0], depth = args.Input.Shape[1], columns = args.Output.Shape[1];
        const int Width = GemmTiles.Columns;
        for (long m = 0; m < rows; m++)
        {
            for (long n = 0; n < columns; n++)
            {
                float sum = args.Bias.IsPresent ? args.Bias.Pointer[n] : 0f;
                float* input = args.Input.Pointer + (m * depth);
                BFloat16* weight = args.WeightPanels.Pointer + (n / Width * depth * Width) + (n % Width);
                for (long k = 0; k < depth; k++) sum += input[k] * weight[k * Width];
                args.Output.Pointer[(m * columns) + n] = DenseReference.Apply(args.Activation, sum);
            }
        }
    }

    public static void Check(in DenseBFloat16Args args)
    {
        Checks.Rank("DenseBFloat16: Input", args.Input, 2);
        Checks.Rank("DenseBFloat16: Output", args.Output, 2);
        Shape input = args.Input.Shape, output = args.Output.Shape;
        Checks.Is("DenseBFloat16: Output", args.Output, new(input[0], output[1]), "Input", input);
        var weight = new Shape(output[1], input[1]);
        Checks.Is("DenseBFloat16: WeightPanels", args.WeightPanels, RowPanels.ShapeOf(weight), "a weight of", weight);
        Checks.IsOrMissing("DenseBFloat16: Bias", args.Bias, new(output[1]), "Output", output);
        Checks.Apart("DenseBFloat16: Output", args.Output, "Input", args.Input);
        Checks.Apart("DenseBFloat16: Output", args.Output, "WeightPanels", args.WeightPanels);
    }
}
