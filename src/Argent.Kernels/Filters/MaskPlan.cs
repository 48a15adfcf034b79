using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argent.Kernels;

/// <summary>One row of bits that a term reads: row First + Mix * (Bloom rows of the block) / 2^32 of a block.</summary>
/// <param name="Mix">The hash of a Bloom term; 0 for a bitmap.</param>
/// <param name="First">The bitmap row, or the first Bloom row.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct MaskRow(uint Mix, int First);

/// <summary>One test: a conjunction of rows for a bitmap or a Bloom term, the bits of a code for a range.</summary>
/// <param name="Kind">Which; a block without Bloom rows cannot rule out a Bloom term.</param>
/// <param name="FirstRow">Its first row among the plan's; a code's highest bit comes first.</param>
/// <param name="RowCount">Its rows.</param>
/// <param name="Complement">All bits where the other slots are asked for, else none.</param>
/// <param name="Low">The lowest code, without the bits that are not read.</param>
/// <param name="High">The highest code, without the bits that are not read.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct MaskTerm(MaskLeafKind Kind, int FirstRow, int RowCount, ulong Complement, int Low, int High);

/// <summary>What must hold: one of some terms or, with operators, what a postfix program over them says.</summary>
/// <param name="FirstTerm">Its first term among the plan's.</param>
/// <param name="TermCount">Its terms.</param>
/// <param name="FirstOp">Its first operator among the plan's.</param>
/// <param name="OpCount">Its operators; 0 for a plain disjunction.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct MaskClause(int FirstTerm, int TermCount, int FirstOp, int OpCount);

/// <summary>
/// A mask program prepared for one filter index: a conjunction of clauses, those that rule out most for what they read
/// first, so that a block without survivors is left early. Rows follow one another in the order of reading, in memory
/// that does not move.
/// </summary>
sealed unsafe class MaskPlan
{
    // Of a million slots every sixtieth block: shares down to one in ten thousand are told apart, in a few microseconds.
    const int SampledBlocks = 32;

    // What fewer than one block in four comes to is not worth fetching for all.
    const double PrefetchShareMin = 0.25;

    readonly FilterWords _words;
    readonly MaskClause[] _clauses;
    readonly MaskTerm[] _terms;
    readonly MaskRow[] _rows;
    readonly int[] _ops;

    MaskPlan(FilterWords words, FilterProgram program, IReadOnlyList<MaskNode> clauses)
    {
        _words = words;
        var (lengths, terms, rows, ops) = (new List<MaskClause>(), new List<MaskTerm>(), new List<MaskRow>(), new List<int>());
        foreach (var clause in clauses)
        {
            var leaves = Leaves(clause, program, out bool isPlain);
            int firstTerm = terms.Count, firstOp = ops.Count;
            foreach (int leaf in leaves) terms.Add(Term(program.MaskLeaves[leaf], words, rows));
            if (!isPlain)
            {
                foreach (int op in clause.Ops) ops.Add(op < 0 ? op : firstTerm + leaves.IndexOf(op));
            }
            lengths.Add(new MaskClause(firstTerm, leaves.Count, firstOp, ops.Count - firstOp));
        }
        (_clauses, _terms, _rows, _ops) = (Pinned(lengths), Pinned(terms), Pinned(rows), Pinned(ops));
        (ClauseCount, TermCount, RowCount, OpCount, PrefetchRows) = (lengths.Count, terms.Count, rows.Count, ops.Count, rows.Count);
    }

    /// <summary>What must hold, in the order of evaluation.</summary>
    public MaskClause* Clauses => Address(_clauses);

    /// <summary>Entries of <see cref="Clauses"/>; none lets every slot pass.</summary>
    public int ClauseCount { get; }

    /// <summary>The terms of all clauses.</summary>
    public MaskTerm* Terms => Address(_terms);

    /// <summary>Entries of <see cref="Terms"/>.</summary>
    public int TermCount { get; }

    /// <summary>The rows of all terms.</summary>
    public MaskRow* Rows => Address(_rows);

    /// <summary>Entries of <see cref="Rows"/>.</summary>
    public int RowCount { get; }

    /// <summary>The operators of all clauses.</summary>
    public int* Ops => Address(_ops);

    /// <summary>Entries of <see cref="Ops"/>.</summary>
    public int OpCount { get; }

    /// <summary>How many of <see cref="Rows"/> most blocks need.</summary>
    public int PrefetchRows { get; private set; }

    /// <summary>The share of the sampled slots that pass; 1 without clauses.</summary>
    public double PassShare { get; private set; } = 1;

    /// <summary>Whether the plan is of this filter index.</summary>
    public bool IsOf(FilterWords words) => ReferenceEquals(_words, words);

    /// <summary>The plan of a program; its order is measured on some blocks of the index.</summary>
    public static MaskPlan Of(FilterProgram program, FilterWords words)
    {
        var root = MaskNode.Of(program.MaskOps);
        var clauses = Distinct(root, program);
        var plan = new MaskPlan(words, program, clauses);
        long blocks = words.BlockStart.Count - 1;
        if (clauses.Count == 0 || blocks == 0) return plan;
        long step = Math.Max(1, blocks / SampledBlocks);
        plan.PassShare = plan.Passed(0, clauses.Count, step);
        if (clauses.Count == 1) return plan;
        double[] worth = plan.Worth(step);
        int[] order = [.. Enumerable.Range(0, clauses.Count).OrderByDescending(c => worth[c])];
        plan = new MaskPlan(words, program, [.. order.Select(c => clauses[c])]) { PassShare = plan.PassShare };
        plan.PrefetchRows = plan.RowsReached(step);
        return plan;
    }

    /// <summary>
    /// What each clause is worth: how far it thins the survivors, as a logarithm, for each row read. A block is left when
    /// none of its 512 slots survives, that is when the logarithms have added up.
    /// </summary>
    double[] Worth(long step)
    {
        double[] worth = new double[ClauseCount];
        for (int c = 0; c < worth.Length; c++)
        {
            int end = c + 1 < worth.Length ? FirstRow(c + 1) : RowCount;
            // Not 0, of which there is no logarithm.
            worth[c] = -Math.Log(Passed(c, c + 1, step) + 1e-5) / Math.Max(1, end - FirstRow(c));
        }
        return worth;
    }

    /// <summary>The share of the sampled slots that pass some clauses.</summary>
    double Passed(int firstClause, int endClause, long step)
    {
        long passed = 0, asked = 0;
        var mask = BlockMask.Of(_words, this, firstClause, endClause);
        ulong* words = stackalloc ulong[FilterWords.BlockWords];
        for (long block = 0; block < _words.BlockStart.Count - 1; block += step, asked += FilterWords.BlockSlots)
        {
            mask.Evaluate(block, words);
            for (int w = 0; w < FilterWords.BlockWords; w++) passed += BitOperations.PopCount(words[w]);
        }
        return (double)passed / asked;
    }

    /// <summary>The rows of those clauses that enough blocks come to.</summary>
    int RowsReached(long step)
    {
        ulong* words = stackalloc ulong[FilterWords.BlockWords];
        for (int c = 1; c < ClauseCount; c++)
        {
            long reached = 0, asked = 0;
            for (long block = 0; block < _words.BlockStart.Count - 1; block += step, asked++)
            {
                BlockMask.Of(_words, this, 0, c).Evaluate(block, words);
                reached += new ReadOnlySpan<ulong>(words, FilterWords.BlockWords).ContainsAnyExcept(0UL) ? 1 : 0;
            }
            if (reached < PrefetchShareMin * asked) return FirstRow(c);
        }
        return RowCount;
    }

    int FirstRow(int clause) => _clauses[clause].TermCount == 0 ? RowCount : _terms[_clauses[clause].FirstTerm].FirstRow;

    /// <summary>The operands of the root conjunction, each once.</summary>
    static List<MaskNode> Distinct(MaskNode root, FilterProgram program)
    {
        var clauses = new List<MaskNode>();
        var seen = new HashSet<MaskLeaf>();
        foreach (var operand in root.Op == FilterProgram.And ? root.Operands : [root])
        {
            if (operand.Op == FilterProgram.All || (operand.Op >= 0 && !seen.Add(program.MaskLeaves[operand.Op]))) continue;
            clauses.Add(operand);
        }
        return clauses;
    }

    /// <summary>The leaves of a clause, each once; plain when one of them is enough.</summary>
    static List<int> Leaves(MaskNode clause, FilterProgram program, out bool isPlain)
    {
        isPlain = clause.Op is >= 0 or FilterProgram.None
            || (clause.Op == FilterProgram.Or && clause.Operands.TrueForAll(o => o.Op >= 0));
        if (!isPlain) return [.. clause.Ops.ToArray().Where(op => op >= 0).Distinct()];
        if (clause.Op >= 0) return [clause.Op];
        return [.. clause.Operands.Select(o => o.Op).DistinctBy(leaf => program.MaskLeaves[leaf])];
    }

    static MaskTerm Term(in MaskLeaf leaf, FilterWords words, List<MaskRow> rows)
    {
        int first = rows.Count, lowest = 0;
        switch (leaf.Kind)
        {
            case MaskLeafKind.Bloom:
                for (int j = 0; j < words.HashCount; j++) rows.Add(new MaskRow(FilterWords.BloomMix(leaf.Term, j), words.ExactRows));
                break;
            case MaskLeafKind.Bitmap:
                rows.Add(new MaskRow(0, leaf.Row));
                break;
            default:
                lowest = leaf.FirstBit;
                for (int bit = leaf.RowCount - 1; bit >= lowest; bit--) rows.Add(new MaskRow(0, leaf.Row + bit));
                break;
        }
        ulong complement = leaf.Negated ? ~0UL : 0;
        return new MaskTerm(leaf.Kind, first, rows.Count - first, complement, leaf.Low >> lowest, leaf.High >> lowest);
    }

    static T[] Pinned<T>(List<T> values) where T : unmanaged
    {
        var pinned = GC.AllocateUninitializedArray<T>(Math.Max(values.Count, 1), pinned: true);
        values.CopyTo(pinned);
        return pinned;
    }

    static T* Address<T>(T[] pinned) where T : unmanaged =>
        (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
