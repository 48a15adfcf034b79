using Argent.Kernels;

namespace Argent.Model;

/// <summary>Writes a condition as a program over forward values.</summary>
sealed class ExactProgram
{
    readonly List<ExactLeaf> _leaves = [];
    readonly List<long> _values = [];
    readonly Dictionary<LeafCondition, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The programs of a condition and of the part of it that a mask leaves open.</summary>
    public ExactProgram(Condition condition, Condition open)
    {
        Ops = Write(condition).ToArray();
        OpenOps = Write(open).ToArray();
    }

    public int[] Ops { get; }

    public int[] OpenOps { get; }

    public ExactLeaf[] Leaves => [.. _leaves];

    public long[] Values => [.. _values];

    PostfixNode Write(Condition condition) => condition switch
    {
        LeafCondition leaf => PostfixNode.Leaf(Add(leaf)),
        NotCondition not => PostfixNode.Not(Write(not.Operand)),
        GroupCondition group => PostfixNode.Group(Op(group.IsAnd), group.Operands.Select(Write)),
        _ => PostfixNode.Leaf(condition == Condition.True ? FilterProgram.All : FilterProgram.None),
    };

    static int Op(bool isAnd) => isAnd ? FilterProgram.And : FilterProgram.Or;

    int Add(LeafCondition leaf)
    {
        if (_numbers.TryGetValue(leaf, out int number)) return number;
        _numbers.Add(leaf, _leaves.Count);
        _leaves.Add(new ExactLeaf(leaf.Kind, leaf.Feature, _values.Count, leaf.Values.Length, leaf.Low, leaf.High));
        _values.AddRange(leaf.Values);
        return _leaves.Count - 1;
    }
}
