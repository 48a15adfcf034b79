using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>A mask program with the addresses it works on: evaluates whole blocks of 512 slots.</summary>
unsafe struct BlockMask
{
    /// <summary>Bytes of <see cref="Stack"/>: one row of a block per level.</summary>
    public const int StackBytes = FilterProgram.StackMax * FilterWords.BlockWords * sizeof(ulong);

    int* _ops;
    int _opCount;
    MaskLeaf* _leaves;
    ulong* _rows;
    long* _blockStart;
    int _exactRows;
    int _hashCount;

    /// <summary>Working memory.</summary>
    public ulong* Stack;

    /// <summary>Whether the mask rules anything out; without, there is nothing to evaluate.</summary>
    public readonly bool IsPresent => _ops != null;

    /// <summary>The mask of a program; absent where it lets every slot pass. <see cref="Stack"/> is still to be set.</summary>
    public static BlockMask Of(FilterWords? words, FilterProgram? program)
    {
        if (words is null || program is null || program.MaskOps is [FilterProgram.All]) return default;
        var plan = program.MaskPlan;
        return new BlockMask
        {
            _ops = plan.Ops,
            _opCount = plan.OpCount,
            _leaves = plan.Leaves,
            _rows = words.Rows.Pointer,
            _blockStart = words.BlockStart.Pointer,
            _exactRows = words.ExactRows,
            _hashCount = words.HashCount,
        };
    }

    /// <summary>Evaluates one block; the result is 8 words at the bottom of <see cref="Stack"/>.</summary>
    public readonly ulong* Evaluate(long block)
    {
        ulong* rows = _rows + _blockStart[block];
        int bloomRows = (int)((_blockStart[block + 1] - _blockStart[block]) / FilterWords.BlockWords) - _exactRows;
        ulong* top = Stack - FilterWords.BlockWords;
        for (int i = 0; i < _opCount; i++)
        {
            int op = _ops[i];
            if (op is FilterProgram.And or FilterProgram.Or)
            {
                top -= FilterWords.BlockWords;
                Combine(top, op == FilterProgram.And);
                continue;
            }
            top += FilterWords.BlockWords;
            if (op < 0) Fill(top, op == FilterProgram.All ? ~0UL : 0UL);
            else if (_leaves[op].ExactRow >= 0) Bitmap(in _leaves[op], rows, top);
            else Bloom(_leaves[op].Term, rows, bloomRows, top);
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
        int hashes = bloomRows == 0 ? 0 : _hashCount;
        for (int j = 0; j < hashes; j++)
        {
            int number = _exactRows + FilterWords.BloomRow(term, j, bloomRows);
            ulong* row = rows + (long)number * FilterWords.BlockWords;
            m0 = Avx2.And(m0, Avx.LoadVector256(row));
            m1 = Avx2.And(m1, Avx.LoadVector256(row + 4));
        }
        Avx.Store(top, m0);
        Avx.Store(top + 4, m1);
    }
}
