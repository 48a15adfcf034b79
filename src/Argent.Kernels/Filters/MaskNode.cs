namespace Argent.Kernels;

/// <summary>A mask program as a tree: groups hold no group of their own kind and no constant.</summary>
sealed class MaskNode
{
    readonly int[] _program;
    readonly int _first;
    readonly int _end;

    MaskNode(int op, List<MaskNode> operands, int[] program, int first, int end)
    {
        (Op, Operands) = (op, operands);
        (_program, _first, _end) = (program, first, end);
    }

    /// <summary>A leaf's number, or And, Or, All, None.</summary>
    public int Op { get; }

    /// <summary>What And and Or take.</summary>
    public List<MaskNode> Operands { get; }

    /// <summary>The part of the program that computes the node.</summary>
    public ReadOnlySpan<int> Ops => _program.AsSpan(_first.._end);

    /// <summary>The tree of a whole program. It is built without recursion: a chain of operators may be as long as it likes.</summary>
    public static MaskNode Of(int[] program)
    {
        // With each node the place where its operands began, before they were simplified.
        var stack = new Stack<(MaskNode Node, int First)>();
        for (int i = 0; i < program.Length; i++)
        {
            int op = program[i];
            if (op is not (FilterProgram.And or FilterProgram.Or))
            {
                stack.Push((new MaskNode(op, [], program, i, i + 1), i));
                continue;
            }
            var right = stack.Pop().Node;
            var (left, first) = stack.Pop();
            stack.Push((Combine(op, left, right) ?? new MaskNode(op, Join(op, left, right), program, first, i + 1), first));
        }
        return stack.Pop().Node;
    }

    /// <summary>The operand that a constant beside it leaves, if one is constant.</summary>
    static MaskNode? Combine(int op, MaskNode left, MaskNode right)
    {
        int deciding = op == FilterProgram.And ? FilterProgram.None : FilterProgram.All;
        if (left.Op == deciding || right.Op is FilterProgram.All or FilterProgram.None && right.Op != deciding) return left;
        return right.Op == deciding || left.Op is FilterProgram.All or FilterProgram.None ? right : null;
    }

    static List<MaskNode> Join(int op, MaskNode left, MaskNode right)
    {
        // The left group is used nowhere else, so that a long chain grows one list.
        var operands = left.Op == op ? left.Operands : [left];
        if (right.Op == op) operands.AddRange(right.Operands);
        else operands.Add(right);
        return operands;
    }
}
