namespace Argent.Kernels;

/// <summary>
/// Which slots may be eligible, decided from the filter index: the approximate half of a filter. It may include slots
/// that do not match; it never omits one that does.
/// </summary>
public static unsafe class MaskFilter
{
    /// <summary>The mask of slots 64 * <paramref name="word"/> to 64 * word + 63, one bit a slot, live or not.</summary>
    public static ulong Word(FilterProgram program, FilterWords words, long word)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(words);
        ulong* stack = stackalloc ulong[FilterProgram.StackMax];
        int top = -1;
        foreach (int op in program.MaskOps)
        {
            switch (op)
            {
                case FilterProgram.And:
                    top--;
                    stack[top] &= stack[top + 1];
                    break;
                case FilterProgram.Or:
                    top--;
                    stack[top] |= stack[top + 1];
                    break;
                case FilterProgram.All:
                    stack[++top] = ~0UL;
                    break;
                case FilterProgram.None:
                    stack[++top] = 0UL;
                    break;
                default:
                    stack[++top] = Leaf(program.MaskLeaves[op], words, word);
                    break;
            }
        }
        return stack[0];
    }

    static ulong Leaf(in MaskLeaf leaf, FilterWords words, long word)
    {
        long block = word / FilterWords.BlockWords;
        long first = words.BlockStart.Pointer[block];
        ulong* column = words.Rows.Pointer + first + word % FilterWords.BlockWords;
        if (leaf.Kind == MaskLeafKind.Bloom)
        {
            int rows = (int)((words.BlockStart.Pointer[block + 1] - first) / FilterWords.BlockWords);
            return Bloom(leaf.Term, words, column, rows - words.ExactRows);
        }
        ulong bits = leaf.Kind == MaskLeafKind.Bitmap ? column[leaf.Row * FilterWords.BlockWords] : Codes(in leaf, column);
        return leaf.Negated ? ~bits : bits;
    }

    static ulong Bloom(ulong term, FilterWords words, ulong* column, int bloomRows)
    {
        ulong mask = ~0UL;
        if (bloomRows == 0) return mask;
        for (int j = 0; j < words.HashCount; j++)
        {
            int row = words.ExactRows + FilterWords.BloomRow(term, j, bloomRows);
            mask &= column[row * FilterWords.BlockWords];
        }
        return mask;
    }

    static ulong Codes(in MaskLeaf leaf, ulong* column)
    {
        ulong mask = 0;
        for (int slot = 0; slot < 64; slot++)
        {
            int code = 0;
            for (int bit = 0; bit < leaf.RowCount; bit++)
            {
                code |= (int)(column[(leaf.Row + bit) * FilterWords.BlockWords] >> slot & 1) << bit;
            }
            if (leaf.Low <= code && code <= leaf.High) mask |= 1UL << slot;
        }
        return mask;
    }
}
