namespace Argent.Kernels;

static unsafe class FilterMaskReference
{
    public static void Run(in FilterMaskArgs args)
    {
        Check(in args);
        long first = args.FirstBlock * FilterWords.BlockWords;
        for (long w = 0; w < args.Masks.Count; w++) args.Masks.Pointer[w] = MaskFilter.Word(args.Program, args.Words, first + w);
    }

    public static void Check(in FilterMaskArgs args)
    {
        Checks.Rank("FilterMask: Masks", args.Masks, 2);
        if (args.Masks.Shape[1] != FilterWords.BlockWords)
        {
            throw new ArgumentException($"FilterMask: Masks are {args.Masks.Shape}; a block has {FilterWords.BlockWords} words.");
        }
        long blocks = args.Words.BlockStart.Count - 1;
        if (args.FirstBlock < 0 || args.FirstBlock + args.Masks.Shape[0] > blocks)
        {
            throw new ArgumentException(
                $"FilterMask: {args.Masks.Shape[0]} blocks from {args.FirstBlock} on are outside the index of {blocks}.");
        }
        args.Program.CheckMask(args.Words);
    }
}
