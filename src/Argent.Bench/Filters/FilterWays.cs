using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Other ways to find what a filter lets pass, each well written: they write one bit a slot, and the same scan follows.
/// The filter is a conjunction of clauses, a clause some values of one feature, perhaps under NOT.
/// </summary>
sealed unsafe class FilterWays
{
    readonly FilterBench _bench;
    readonly List<Clause> _clauses;
    readonly FilterProgram _program;
    readonly Tensor<ulong> _masks;
    readonly Tensor<ulong> _clauseBits;

    public FilterWays(FilterBench bench, FilterProgram program)
    {
        (_bench, _program) = (bench, program);
        _masks = Tensor.Zeros<ulong>(new Shape(bench.Words.BlockStart.Count - 1, FilterWords.BlockWords));
        _clauseBits = Tensor.Zeros<ulong>(new Shape(_masks.Count));
        _clauses = Clauses(program, bench);
    }

    /// <summary>Bitmaps of the filter's values, prepared, over the whole catalogue: AND, OR, AND NOT of words.</summary>
    public void Bitmaps()
    {
        for (int c = 0; c < _clauses.Count; c++)
        {
            var clause = _clauses[c];
            // The first clause's words are the result so far; a clause of several values is united first.
            var bits = clause.Bitmaps[0];
            if (clause.Bitmaps.Length > 1)
            {
                bits = _clauseBits;
                BitWords.Or(bits.Span, clause.Bitmaps[0].Span, clause.Bitmaps[1].Span);
                foreach (var more in clause.Bitmaps.AsSpan(2)) BitWords.Or(bits.Span, bits.Span, more.Span);
            }
            Narrow(bits.Span, clause.IsNegated, isFirst: c == 0);
        }
    }

    /// <summary>An inverted index: the sorted slots of each value, united clause by clause, the rarest clause first.</summary>
    public void Postings()
    {
        // Slots are marked in words: merging arrays of hundred thousands takes several times as long.
        ulong* bits = _clauseBits.Pointer;
        for (int c = 0; c < _clauses.Count; c++)
        {
            _clauseBits.Span.Clear();
            foreach (int[] posting in _clauses[c].Postings)
            {
                foreach (int slot in posting) bits[slot >> 6] |= 1UL << (slot & 63);
            }
            Narrow(_clauseBits.Span, _clauses[c].IsNegated, isFirst: c == 0);
        }
    }

    /// <summary>The filter over the forward values of every item of the probed lists, a clause at a time for what is left.</summary>
    public void ForwardChecks(int[] lists)
    {
        ulong* to = _bench.Prepared.Pointer;
        var index = _bench.Lists;
        foreach (int list in lists)
        {
            int first = index.ListStart[list], end = first + index.ListCount[list];
            for (int slot = first; slot < end; slot += 64)
            {
                ulong left = end - slot < 64 ? (1UL << (end - slot)) - 1 : ~0UL;
                foreach (var clause in _clauses)
                {
                    ulong has = Having(clause, slot, left);
                    left &= clause.IsNegated ? ~has : has;
                    if (left == 0) break;
                }
                to[slot >> 6] = left;
            }
        }
    }

    /// <summary>The filter index over the whole catalogue; its answer is approximate.</summary>
    public void FullPass() => _bench.Kernels.FilterMask(Args(0, _masks.Shape[0]));

    /// <summary>The filter index over the blocks of the probed lists.</summary>
    public void ProbedPass(int[] lists)
    {
        var index = _bench.Lists;
        foreach (int list in lists)
        {
            if (index.ListCount[list] == 0) continue;
            long first = index.ListStart[list] / FilterWords.BlockSlots;
            long last = (index.ListStart[list] + index.ListCount[list] - 1) / FilterWords.BlockSlots;
            _bench.Kernels.FilterMask(Args(first, last - first + 1));
        }
    }

    /// <summary>Share of the items that the prepared bits let pass.</summary>
    public double Share()
    {
        Bitmaps();
        long count = 0;
        for (long w = 0; w < _bench.Lists.Live.Count; w++)
        {
            count += BitOperations.PopCount(_bench.Prepared.Span[(int)w] & _bench.Lists.Live[w]);
        }
        return (double)count / _bench.Vectors.Count;
    }

    void Narrow(ReadOnlySpan<ulong> bits, bool isNegated, bool isFirst)
    {
        var to = _bench.Prepared.Span;
        if (isFirst && !isNegated) bits.CopyTo(to);
        else if (isFirst) BitWords.Not(to, bits);
        else BitWords.And(to, bits, isNegated);
    }

    /// <summary>Those of 64 slots, among <paramref name="asked"/>, that have one of the clause's values.</summary>
    ulong Having(Clause clause, int first, ulong asked)
    {
        var column = _bench.Forward.Columns[clause.Feature];
        long* ranges = column.Ranges.Pointer + first;
        int* values = column.Values.Pointer;
        int one = clause.Values[0], other = clause.Values[^1];
        ulong found = 0;
        for (; asked != 0; asked &= asked - 1)
        {
            int i = BitOperations.TrailingZeroCount(asked);
            int* at = values + (ranges[i] >> 16);
            bool has = false;
            for (int* end = at + (ranges[i] & ForwardColumn.ValuesMax); at < end; at++) has |= *at == one || *at == other;
            if (has) found |= 1UL << i;
        }
        return found;
    }

    FilterMaskArgs Args(long first, long count) => new()
    {
        Program = _program,
        Words = _bench.Words,
        FirstBlock = first,
        Masks = _masks.Rows(first, count),
    };

    static List<Clause> Clauses(FilterProgram program, FilterBench bench)
    {
        var clauses = new List<Clause>();
        for (int i = 0; i < program.ExactOps.Length; i++)
        {
            if (program.ExactOps[i] < 0) continue;
            var leaf = program.ExactLeaves[program.ExactOps[i]];
            bool isNegated = i + 1 < program.ExactOps.Length && program.ExactOps[i + 1] == FilterProgram.Not;
            int[] values = [.. program.Values.AsSpan(leaf.SetStart, leaf.SetCount).ToArray().Select(v => (int)v)];
            int[][] postings = [.. values.Select(value => Posting(bench, leaf.Feature, value))];
            clauses.Add(new Clause(leaf.Feature, isNegated, values, [.. postings.Select(p => Bits(bench, p))], postings));
        }
        return [.. clauses.OrderBy(c => c.IsNegated ? long.MaxValue : c.Postings.Sum(p => (long)p.Length))];
    }

    static int[] Posting(FilterBench bench, int feature, int value)
    {
        var column = bench.Columns[feature];
        var rows = bench.Lists.Rows.Span;
        var slots = new List<int>();
        for (int slot = 0; slot < rows.Length; slot++)
        {
            if (rows[slot] >= 0 && column.Ids(rows[slot]).BinarySearch(value) >= 0) slots.Add(slot);
        }
        return [.. slots];
    }

    static Tensor<ulong> Bits(FilterBench bench, int[] posting)
    {
        var bits = Tensor.Zeros<ulong>(new Shape(bench.Prepared.Count));
        foreach (int slot in posting) bits.Span[slot >> 6] |= 1UL << (slot & 63);
        return bits;
    }

    /// <summary>One clause of a filter: one or two values of a feature.</summary>
    sealed record Clause(int Feature, bool IsNegated, int[] Values, Tensor<ulong>[] Bitmaps, int[][] Postings);
}

/// <summary>Word operations of bitmaps, in vectors.</summary>
static class BitWords
{
    /// <summary>to = left | right.</summary>
    public static void Or(Span<ulong> to, ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        var a = Vectors(left);
        var b = Vectors(right);
        var result = MemoryMarshal.Cast<ulong, Vector<ulong>>(to);
        for (int i = 0; i < result.Length; i++) result[i] = a[i] | b[i];
    }

    /// <summary>to = ~bits.</summary>
    public static void Not(Span<ulong> to, ReadOnlySpan<ulong> bits)
    {
        var from = Vectors(bits);
        var result = MemoryMarshal.Cast<ulong, Vector<ulong>>(to);
        for (int i = 0; i < result.Length; i++) result[i] = ~from[i];
    }

    /// <summary>to = to &amp; bits, or to &amp; ~bits.</summary>
    public static void And(Span<ulong> to, ReadOnlySpan<ulong> bits, bool isNegated)
    {
        var from = Vectors(bits);
        var result = MemoryMarshal.Cast<ulong, Vector<ulong>>(to);
        var flip = isNegated ? Vector<ulong>.AllBitsSet : Vector<ulong>.Zero;
        for (int i = 0; i < result.Length; i++) result[i] &= from[i] ^ flip;
    }

    // Blocks of 8 words leave no rest for any length of a vector.
    static ReadOnlySpan<Vector<ulong>> Vectors(ReadOnlySpan<ulong> words) => MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
}
