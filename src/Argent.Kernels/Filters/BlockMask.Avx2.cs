using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>A mask program with the addresses it works on: evaluates whole blocks of 512 slots.</summary>
unsafe struct BlockMask
{
    /// <summary>Bytes of <see cref="Stack"/>: one row of a block per level.</summary>
    public const int StackBytes = FilterProgram.StackMax * FilterWords.BlockWords * sizeof(ulong);

    /// <summary>The program; null for "every slot".</summary>
    public int* Ops;

    /// <summary>Entries of <see cref="Ops"/>.</summary>
    public int OpCount;

    /// <summary>The leaves of the program.</summary>
    public MaskLeaf* Leaves;

    /// <summary>The words of the filter index.</summary>
    public ulong* Rows;

    /// <summary>First word of each block.</summary>
    public long* BlockStart;

    /// <summary>Bitmap rows of each block.</summary>
    public int ExactRows;

    /// <summary>Bloom rows of a term.</summary>
    public int HashCount;

    /// <summary>Working memory.</summary>
    public ulong* Stack;

    /// <summary>Evaluates one block; the result is 8 words at the bottom of <see cref="Stack"/>.</summary>
    public readonly ulong* Evaluate(long block)
    {
        ulong* rows = Rows + BlockStart[block];
        int bloomRows = (int)((BlockStart[block + 1] - BlockStart[block]) / FilterWords.BlockWords) - ExactRows;
        ulong* top = Stack - FilterWords.BlockWords;
        for (int i = 0; i < OpCount; i++)
        {
            int op = Ops[i];
            if (op is FilterProgram.And or FilterProgram.Or)
            {
                top -= FilterWords.BlockWords;
                Combine(top, op == FilterProgram.And);
                continue;
            }
            top += FilterWords.BlockWords;
            if (op < 0) Fill(top, op == FilterProgram.All ? ~0UL : 0UL);
            else if (Leaves[op].ExactRow >= 0) Bitmap(in Leaves[op], rows, top);
            else Bloom(Leaves[op].Term, rows, bloomRows, top);
        }
        return top;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Combine(ulong* left, bool and)
    {
        var (a0, a1) = (Avx.LoadVector256(left), Avx.LoadVector256(left + 4));
        var (b0, b1) = (Avx.LoadVector256(left + 8), Avx.LoadVector256(left + 12));
        Avx.Store(left, and ? Avx2.And(a0, b0) : Avx2.Or(a0, b0));
        Avx.Store(left + 4, and ? Avx2.And(a1, b1) : Avx2.Or(a1, b1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fill(ulong* top, ulong word)
    {
        Avx.Store(top, Vector256.Create(word));
        Avx.Store(top + 4, Vector256.Create(word));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Bitmap(in MaskLeaf leaf, ulong* rows, ulong* top)
    {
        ulong* row = rows + (long)leaf.ExactRow * FilterWords.BlockWords;
        var complement = Vector256.Create(leaf.Negated ? ~0UL : 0UL);
        Avx.Store(top, Avx2.Xor(Avx.LoadVector256(row), complement));
        Avx.Store(top + 4, Avx2.Xor(Avx.LoadVector256(row + 4), complement));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void Bloom(ulong term, ulong* rows, int bloomRows, ulong* top)
    {
        var (m0, m1) = (Vector256<ulong>.AllBitsSet, Vector256<ulong>.AllBitsSet);
        int hashes = bloomRows == 0 ? 0 : HashCount;
        for (int j = 0; j < hashes; j++)
        {
            int number = ExactRows + FilterWords.BloomRow(term, j, bloomRows);
            ulong* row = rows + (long)number * FilterWords.BlockWords;
            m0 = Avx2.And(m0, Avx.LoadVector256(row));
            m1 = Avx2.And(m1, Avx.LoadVector256(row + 4));
        }
        Avx.Store(top, m0);
        Avx.Store(top + 4, m1);
    }
}
