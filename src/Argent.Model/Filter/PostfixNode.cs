using Argent.Kernels;

namespace Argent.Model;

/// <summary>A node of a program before it is written as postfix.</summary>
/// <param name="Op">A leaf's number, or an operator of <see cref="FilterProgram"/>.</param>
/// <param name="Operands">What the operator takes.</param>
/// <param name="Depth">The stack that the node needs.</param>
readonly record struct PostfixNode(int Op, PostfixNode[] Operands, int Depth)
{
    /// <summary>A leaf or constant.</summary>
    public static PostfixNode Leaf(int op) => new(op, [], 1);

    /// <summary>A complement.</summary>
    public static PostfixNode Not(PostfixNode operand) => new(FilterProgram.Not, [operand], operand.Depth);

    /// <summary>
    /// A conjunction or disjunction. The operand that needs most stack goes first, when nothing else is on it: so a
    /// program with n leaves needs at most log2(n) + 1 places, 11 for the 1,024 leaves of a filter, and never
    /// <see cref="FilterProgram.StackMax"/>.
    /// </summary>
    public static PostfixNode Group(int op, IEnumerable<PostfixNode> operands)
    {
        PostfixNode[] sorted = [.. operands.OrderByDescending(o => o.Depth)];
        if (sorted.Length == 1) return sorted[0];
        return new(op, sorted, Math.Max(sorted[0].Depth, sorted[1].Depth + 1));
    }

    /// <summary>The program.</summary>
    public int[] ToArray()
    {
        if (Depth > FilterProgram.StackMax) throw new InvalidOperationException($"The program needs {Depth} places of stack.");
        var ops = new List<int>();
        Write(ops);
        return [.. ops];
    }

    void Write(List<int> ops)
    {
        for (int i = 0; i < Operands.Length; i++)
        {
            Operands[i].Write(ops);
            if (i > 0) ops.Add(Op);
        }
        if (Operands.Length < 2) ops.Add(Op);
    }
}
