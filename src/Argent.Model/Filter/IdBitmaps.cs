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
                    for (int w = 0; w < _stack[top].Length; w++) _stack[top][w] &= _stack[top + 1][w];
                    break;
                case FilterProgram.Or:
                    top--;
                    for (int w = 0; w < _stack[top].Length; w++) _stack[top][w] |= _stack[top + 1][w];
                    break;
                case FilterProgram.Not:
                    for (int w = 0; w < _stack[top].Length; w++) _stack[top][w] = ~_stack[top][w];
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

    ulong[] Push(ref int top)
    {
        if (++top == _stack.Count) _stack.Add(new ulong[(count + 63) / 64]);
        return _stack[top];
    }

    int[] Rows(ulong[] bits)
    {
        // A complement also sets the bits beyond the last item.
        if (count % 64 != 0) bits[^1] &= (1UL << (count % 64)) - 1;
        int[] rows = new int[bits.Sum(BitOperations.PopCount)];
        int next = 0;
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
