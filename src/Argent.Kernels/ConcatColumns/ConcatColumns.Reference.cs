namespace Argent.Kernels;

static unsafe class ConcatColumnsReference
{
    public static void Run(in ConcatColumnsArgs args)
    {
        Check(in args);
        long rows = args.Left.Shape[0], left = args.Left.Shape[1], right = args.Right.Shape[1];
        for (long m = 0; m < rows; m++)
        {
            float* output = args.Output.Pointer + m * (left + right);
            for (long a = 0; a < left; a++) output[a] = args.Left.Pointer[m * left + a];
            for (long c = 0; c < right; c++) output[left + c] = args.Right.Pointer[m * right + c];
        }
    }

    public static void Check(in ConcatColumnsArgs args)
    {
        Checks.Rank("ConcatColumns: Left", args.Left, 2);
        Checks.Rank("ConcatColumns: Right", args.Right, 2);
        long rows = args.Left.Shape[0], left = args.Left.Shape[1], right = args.Right.Shape[1];
        Checks.Is("ConcatColumns: Right", args.Right, new(rows, right), "Left", args.Left.Shape);
        Checks.Is("ConcatColumns: Output", args.Output, new(rows, left + right), "Left", args.Left.Shape);
    }
}
