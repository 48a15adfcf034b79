using Argent.Kernels;

namespace Argent.Model;

/// <summary>Writes a condition as a program over forward values.</summary>
sealed class ExactProgram
{
    readonly List<ExactLeaf> _leaves = [];
    readonly List<long> _values = [];

    public ExactProgram(Condition condition) => Ops = Write(condition).ToArray();

    public int[] Ops { get; }

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
        _leaves.Add(new ExactLeaf(leaf.Kind, leaf.Feature, _values.Count, leaf.Values.Length, leaf.Low, leaf.High));
        _values.AddRange(leaf.Values);
        return _leaves.Count - 1;
    }
}
