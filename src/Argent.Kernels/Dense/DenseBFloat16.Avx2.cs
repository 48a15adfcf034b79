namespace Argent.Kernels;

static unsafe class DenseBFloat16Avx2
{
    public static void Run(in DenseBFloat16Args args, Workers workers)
    {
        DenseBFloat16Reference.Check(args);
        if (!Enum.IsDefined(args.Activation)) DenseReference.Apply(args.Activation, 0);
        long depth = args.Input.Shape[1], columns = args.Output.Shape[1];
        var gemm = new Gemm
        {
            A = args.Input.Pointer,
            ARow = depth,
            AColumn = 1,
            BFloat16Panels = (ushort*)args.WeightPanels.Pointer,
            C = args.Output.Pointer,
            CRow = columns,
            M = checked((int)args.Input.Shape[0]),
            N = checked((int)columns),
            K = checked((int)depth),
            Bias = args.Bias.Pointer,
            Activation = args.Activation,
        };
        if (DenseNarrowAvx2.Takes(gemm)) DenseNarrowAvx2.Run(gemm, workers);
        else GemmAvx2.Run(gemm, workers);
    }
}
