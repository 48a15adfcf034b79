namespace Argent.Kernels;

static unsafe class DenseAvx2
{
    public static void Run(in DenseArgs args, Workers workers)
    {
        DenseReference.Check(args);
        if (!Enum.IsDefined(args.Activation)) DenseReference.Apply(args.Activation, 0);
        long depth = args.Input.Shape[1];
        var gemm = new Gemm
        {
            A = args.Input.Pointer,
            ARow = depth,
            AColumn = 1,
            B = args.Weight.Pointer,
            BRow = 1,
            BColumn = depth,
            Panels = args.WeightPanels.Pointer,
            C = args.Output.Pointer,
            CRow = args.Weight.Shape[0],
            M = checked((int)args.Input.Shape[0]),
            N = checked((int)args.Weight.Shape[0]),
            K = checked((int)depth),
            Bias = args.Bias.Pointer,
            Activation = args.Activation,
        };
        GemmAvx2.Run(gemm, workers);
    }
}
