using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>A planned mask with the addresses it works on: evaluates whole blocks of 512 slots.</summary>
/// <remarks>
/// A row of a block is one cache line, and rows lie anywhere in a block: what costs is waiting for them. So whoever knows
/// the next block asks for its rows with <see cref="Prefetch"/> before it evaluates this one.
/// </remarks>
unsafe struct BlockMask
{
    /// <summary>Bytes of <see cref="Stack"/>.</summary>
    public const int StackBytes = FilterWords.BlockWords * sizeof(ulong);

    // Below it most words have too few survivors to be scored in order.
    const double SparseMax = 0.2;

    MaskClause* _clauses;
    MaskClause* _clausesEnd;
    MaskTerm* _terms;
    MaskRow* _planRows;
    int* _ops;
    int _prefetchRows;
    ulong* _rows;
    long* _blockStart;
    long _blocks;
    int _exactRows;

    /// <summary>Where <see cref="Evaluate(long)"/> writes.</summary>
    public ulong* Stack;

    /// <summary>Whether so few slots pass that the rest of a list's codes is not worth asking for.</summary>
    public bool IsSparse { get; private init; }

    /// <summary>Whether the mask rules anything out; without, there is nothing to evaluate.</summary>
    public readonly bool IsPresent => _clausesEnd != _clauses;

    /// <summary>The mask of a program; absent where it lets every slot pass. <see cref="Stack"/> is still to be set.</summary>
    public static BlockMask Of(FilterWords? words, FilterProgram? program)
    {
        if (words is null || program is null || program.MaskOps is [FilterProgram.All]) return default;
        var plan = program.PlanFor(words);
        return Of(words, plan, 0, plan.ClauseCount);
    }

    /// <summary>The conjunction of some clauses of a plan.</summary>
    internal static BlockMask Of(FilterWords words, MaskPlan plan, int firstClause, int endClause) => new()
    {
        _clauses = plan.Clauses + firstClause,
        _clausesEnd = plan.Clauses + endClause,
        _terms = plan.Terms,
        _planRows = plan.Rows,
        _prefetchRows = plan.PrefetchRows,
        _ops = plan.Ops,
        _rows = words.Rows.Pointer,
        _blockStart = words.BlockStart.Pointer,
        _blocks = words.BlockStart.Count - 1,
        _exactRows = words.ExactRows,
        IsSparse = plan.PassShare < SparseMax,
    };

    /// <summary>Asks memory for what a block's evaluation will probably read; a block that does not exist is nothing.</summary>
    public readonly void Prefetch(long block)
    {
        if ((ulong)block >= (ulong)_blocks) return;
        ulong* rows = _rows + _blockStart[block];
        uint bloomRows = BloomRows(block);
        var end = _planRows + _prefetchRows;
        for (var row = _planRows; row < end; row++) Sse.Prefetch0(rows + Offset(row, bloomRows));
    }

    /// <summary>Evaluates one block; the result is 8 words at <see cref="Stack"/>.</summary>
    public readonly ulong* Evaluate(long block)
    {
        Evaluate(block, Stack);
        return Stack;
    }

    /// <summary>Evaluates one block to 8 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Evaluate(long block, ulong* words)
    {
        ulong* rows = _rows + _blockStart[block];
        uint bloomRows = BloomRows(block);
        var (alive0, alive1) = (Vector256<ulong>.AllBitsSet, Vector256<ulong>.AllBitsSet);
        for (var clause = _clauses; clause < _clausesEnd; clause++)
        {
            var (any0, any1) = (Vector256<ulong>.Zero, Vector256<ulong>.Zero);
            if (clause->OpCount > 0)
            {
                Run(clause, rows, bloomRows, words);
                (any0, any1) = (Avx.LoadVector256(words), Avx.LoadVector256(words + 4));
            }
            else
            {
                var term = _terms + clause->FirstTerm;
                for (var end = term + clause->TermCount; term < end; term++)
                {
                    var (all0, all1) = Term(term, rows, bloomRows);
                    any0 = Avx2.Or(any0, all0);
                    any1 = Avx2.Or(any1, all1);
                }
            }
            alive0 = Avx2.And(alive0, any0);
            alive1 = Avx2.And(alive1, any1);
            var left = Avx2.Or(alive0, alive1);
            if (Avx.TestZ(left, left)) break;
        }
        Avx.Store(words, alive0);
        Avx.Store(words + 4, alive1);
    }

    /// <summary>Evaluates a clause that is neither a term nor a disjunction of terms.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    readonly void Run(MaskClause* clause, ulong* rows, uint bloomRows, ulong* words)
    {
        ulong* stack = stackalloc ulong[FilterProgram.StackMax * FilterWords.BlockWords];
        ulong* top = stack - FilterWords.BlockWords;
        int* op = _ops + clause->FirstOp;
        for (var end = op + clause->OpCount; op < end; op++)
        {
            if (*op is FilterProgram.And or FilterProgram.Or)
            {
                top -= FilterWords.BlockWords;
                Combine(top, *op == FilterProgram.And);
                continue;
            }
            top += FilterWords.BlockWords;
            var constant = Vector256.Create(*op == FilterProgram.All ? ~0UL : 0UL);
            var (all0, all1) = *op < 0 ? (constant, constant) : Term(_terms + *op, rows, bloomRows);
            Avx.Store(top, all0);
            Avx.Store(top + 4, all1);
        }
        Avx.Store(words, Avx.LoadVector256(top));
        Avx.Store(words + 4, Avx.LoadVector256(top + 4));
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
    readonly (Vector256<ulong> Low, Vector256<ulong> High) Term(MaskTerm* term, ulong* rows, uint bloomRows)
    {
        if (term->Kind == MaskLeafKind.Codes) return Codes(term, rows);
        var (all0, all1) = (Vector256<ulong>.AllBitsSet, Vector256<ulong>.AllBitsSet);
        var row = _planRows + term->FirstRow;
        // A block without Bloom rows rules nothing out.
        var end = row + (term->Kind == MaskLeafKind.Bloom && bloomRows == 0 ? 0 : term->RowCount);
        for (; row < end; row++)
        {
            ulong* bits = rows + Offset(row, bloomRows);
            all0 = Avx2.And(all0, Avx.LoadVector256(bits));
            all1 = Avx2.And(all1, Avx.LoadVector256(bits + 4));
        }
        var complement = Vector256.Create(term->Complement);
        return (Avx2.Xor(all0, complement), Avx2.Xor(all1, complement));
    }

    /// <summary>
    /// Compares 512 codes with both ends of a range at once, from the highest bit down: a code is above the lowest or
    /// below the highest from the first bit on that differs, and what never differs is equal.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    readonly (Vector256<ulong> Low, Vector256<ulong> High) Codes(MaskTerm* term, ulong* rows)
    {
        var (equalLow0, equalLow1) = (Vector256<ulong>.AllBitsSet, Vector256<ulong>.AllBitsSet);
        var (equalHigh0, equalHigh1) = (equalLow0, equalLow1);
        var (above0, above1) = (Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        var (below0, below1) = (above0, above1);
        var row = _planRows + term->FirstRow;
        for (int bit = term->RowCount - 1; bit >= 0; bit--, row++)
        {
            ulong* bits = rows + (long)row->First * FilterWords.BlockWords;
            var (set0, set1) = (Avx.LoadVector256(bits), Avx.LoadVector256(bits + 4));
            if ((term->Low >> bit & 1) != 0)
            {
                (equalLow0, equalLow1) = (Avx2.And(equalLow0, set0), Avx2.And(equalLow1, set1));
            }
            else
            {
                (above0, above1) = (Avx2.Or(above0, Avx2.And(equalLow0, set0)), Avx2.Or(above1, Avx2.And(equalLow1, set1)));
                (equalLow0, equalLow1) = (Avx2.AndNot(set0, equalLow0), Avx2.AndNot(set1, equalLow1));
            }
            if ((term->High >> bit & 1) != 0)
            {
                (below0, below1) =
                    (Avx2.Or(below0, Avx2.AndNot(set0, equalHigh0)), Avx2.Or(below1, Avx2.AndNot(set1, equalHigh1)));
                (equalHigh0, equalHigh1) = (Avx2.And(equalHigh0, set0), Avx2.And(equalHigh1, set1));
            }
            else (equalHigh0, equalHigh1) = (Avx2.AndNot(set0, equalHigh0), Avx2.AndNot(set1, equalHigh1));
        }
        var complement = Vector256.Create(term->Complement);
        var within0 = Avx2.And(Avx2.Or(above0, equalLow0), Avx2.Or(below0, equalHigh0));
        var within1 = Avx2.And(Avx2.Or(above1, equalLow1), Avx2.Or(below1, equalHigh1));
        return (Avx2.Xor(within0, complement), Avx2.Xor(within1, complement));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly uint BloomRows(long block) =>
        (uint)((_blockStart[block + 1] - _blockStart[block]) / FilterWords.BlockWords) - (uint)_exactRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Offset(MaskRow* row, uint bloomRows) =>
        (row->First + (long)(((ulong)row->Mix * bloomRows) >> 32)) * FilterWords.BlockWords;
}
