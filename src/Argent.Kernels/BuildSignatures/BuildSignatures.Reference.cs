using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class BuildSignaturesReference
{
    public static void Run(in BuildSignaturesArgs args)
    {
        Check(in args);
        for (long i = 0; i < args.TermStart.Count - 1; i++)
        {
            long slot = args.FirstSlot + i;
            long block = slot / FilterWords.BlockSlots;
            long first = args.Words.BlockStart.Pointer[block];
            int rows = (int)((args.Words.BlockStart.Pointer[block + 1] - first) / FilterWords.BlockWords);
            ulong* word = args.Words.Rows.Pointer + first + slot / 64 % FilterWords.BlockWords;
            ulong bit = 1UL << (int)(slot % 64);
            for (int r = 0; r < rows; r++) word[r * FilterWords.BlockWords] &= ~bit;
            SetBits(in args, i, word, bit, rows - args.Words.ExactRows);
        }
    }

    public static void Check(in BuildSignaturesArgs args)
    {
        Checks.Rank("BuildSignatures: TermStart", args.TermStart, 1);
        Checks.Rank("BuildSignatures: Terms", args.Terms, 1);
        Checks.Rank("BuildSignatures: ExactRows", args.ExactRows, 1);
        Shape start = args.TermStart.Shape;
        Checks.Is("BuildSignatures: ExactStart", args.ExactStart, start, "TermStart", start);
        Checks.Bounds("BuildSignatures: TermStart", args.TermStart, args.Terms.Count);
        Checks.Bounds("BuildSignatures: ExactStart", args.ExactStart, args.ExactRows.Count);
        long slots = (args.Words.BlockStart.Count - 1) * FilterWords.BlockSlots, count = start[0] - 1;
        if (args.FirstSlot < 0 || args.FirstSlot + count > slots)
        {
            throw new ArgumentException(
                $"BuildSignatures: slots {args.FirstSlot} to {args.FirstSlot + count} are outside the index of {slots}.");
        }
        foreach (int row in args.ExactRows.Span)
        {
            if ((uint)row >= (uint)args.Words.ExactRows) Checks.Index("BuildSignatures: a row", row, args.Words.ExactRows);
        }
    }

    /// <summary>Sets the bits of the slot with offset <paramref name="i"/> in its block's column.</summary>
    public static void SetBits(in BuildSignaturesArgs args, long i, ulong* word, ulong bit, int bloomRows)
    {
        for (int e = args.ExactStart.Pointer[i]; e < args.ExactStart.Pointer[i + 1]; e++)
        {
            word[args.ExactRows.Pointer[e] * FilterWords.BlockWords] |= bit;
        }
        // A block without Bloom rows rules nothing out: its Bloom leaves are always true.
        if (bloomRows == 0) return;
        for (int t = args.TermStart.Pointer[i]; t < args.TermStart.Pointer[i + 1]; t++)
        {
            for (int j = 0; j < args.Words.HashCount; j++)
            {
                int row = args.Words.ExactRows + FilterWords.BloomRow(args.Terms.Pointer[t], j, bloomRows);
                word[row * FilterWords.BlockWords] |= bit;
            }
        }
    }
}
