using System.Numerics;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>Evaluates filters over raw numbers for all items at once: a stack of bitmaps with one bit per item.</summary>
sealed class IdBitmaps(int count)
{
    readonly List<ulong[]> _stack = [];

    /// <summary>The rows that match, ascending.</summary>
    public int[] Evaluate(IdFilter filter, Dictionary<(long Feature, long Value), List<int>> postings)
    {
        int top = -1;
        foreach (int op in filter.Ops)
        {
            switch (op)
            {
                case FilterProgram.And:
                    top--;
                    And(_stack[top], _stack[top + 1]);
                    break;
                case FilterProgram.Or:
                    top--;
                    Or(_stack[top], _stack[top + 1]);
                    break;
                case FilterProgram.Not:
                    Not(_stack[top]);
                    break;
                case FilterProgram.All:
                    Array.Fill(Push(ref top), ~0UL);
                    break;
                default:
                    var bits = Push(ref top);
                    Array.Clear(bits);
                    foreach (int row in postings[filter.Terms[op]]) bits[row / 64] |= 1UL << (row % 64);
                    break;
            }
        }
        return Rows(_stack[0]);
    }

    static void And(Span<ulong> bits, ReadOnlySpan<ulong> other)
    {
        for (int w = 0; w < bits.Length; w++) bits[w] &= other[w];
    }

    static void Or(Span<ulong> bits, ReadOnlySpan<ulong> other)
    {
        for (int w = 0; w < bits.Length; w++) bits[w] |= other[w];
    }

    static void Not(Span<ulong> bits)
    {
        for (int w = 0; w < bits.Length; w++) bits[w] = ~bits[w];
    }

    ulong[] Push(ref int top)
    {
        if (++top == _stack.Count) _stack.Add(new ulong[(count + 63) / 64]);
        return _stack[top];
    }

    int[] Rows(ulong[] bits)
    {
        // A complement also sets the bits beyond the last item.
        if (count % 64 != 0) bits[^1] &= (1UL << (count % 64)) - 1;
        int found = 0, next = 0;
        foreach (ulong word in bits) found += BitOperations.PopCount(word);
        int[] rows = new int[found];
        for (int w = 0; w < bits.Length; w++)
        {
            for (ulong left = bits[w]; left != 0; left &= left - 1)
            {
                rows[next++] = w * 64 + BitOperations.TrailingZeroCount(left);
            }
        }
        return rows;
    }
}
