using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// A filter against the values of one item: the truth of every node, the fewest leaves that would have to be otherwise,
/// and the filter without them.
/// </summary>
sealed class FilterTruth
{
    readonly ForwardIndex _forward;
    readonly FilterCompiler _leaves;
    readonly int _slot;
    readonly Node _root;
    readonly HashSet<Node> _failing = [];

    /// <summary>Reads the truth of <paramref name="filter"/> for the item in <paramref name="slot"/>.</summary>
    public FilterTruth(FilterExpression filter, ForwardIndex forward, int slot)
    {
        (_forward, _slot) = (forward, slot);
        // Without a filter index a leaf's program is what the verification asks.
        _leaves = new FilterCompiler(forward.Schema, layout: null);
        _root = Read(filter);
        Flip(_root, wanted: true);
    }

    /// <summary>Whether the item matches.</summary>
    public bool IsTrue => _root.Shown.IsTrue;

    /// <summary>The filter as the explanation shows it.</summary>
    /// <param name="passesMask">What the filter index says.</param>
    public ExplainedFilter Explain(bool? passesMask) =>
        new(_root.Shown, [.. Leaves(_root).Where(_failing.Contains).Select(n => n.Shown)], passesMask);

    /// <summary>
    /// The filter without what stands in the item's way: each failing leaf gives way to the constant that it should have
    /// been, and constants are taken out of the groups that they do not decide.
    /// </summary>
    public FilterExpression Without() => Without(_root);

    Node Read(FilterExpression filter)
    {
        switch (filter)
        {
            case FilterNot not:
                var operand = Read(not.Operand);
                return new Node(filter, Shown(filter, !operand.Shown.IsTrue, operand), [operand], operand.ToFalse, operand.ToTrue);
            case FilterGroup group:
                return Group(group, [.. group.Operands.Select(Read)]);
            case FilterLeaf leaf:
                return Decided(leaf, Shown(leaf, IsMatch(leaf)) with { Feature = leaf.Feature, Values = Values(leaf.Feature) });
            default:
                return Decided(filter, Shown(filter, ((FilterConstant)filter).Value));
        }
    }

    static Node Decided(FilterExpression filter, ExplainedCondition shown) =>
        new(filter, shown, [], ToTrue: shown.IsTrue ? 0 : 1, ToFalse: shown.IsTrue ? 1 : 0);

    static Node Group(FilterGroup group, Node[] operands)
    {
        bool isAnd = group is FilterAnd;
        bool isTrue = isAnd ? operands.All(o => o.Shown.IsTrue) : operands.Any(o => o.Shown.IsTrue);
        // An AND is true when all its operands are, false when the cheapest is; an OR the other way round.
        return new Node(group, Shown(group, isTrue, operands), operands,
            isAnd ? operands.Sum(o => o.ToTrue) : operands.Min(o => o.ToTrue),
            isAnd ? operands.Min(o => o.ToFalse) : operands.Sum(o => o.ToFalse));
    }

    static ExplainedCondition Shown(FilterExpression filter, bool isTrue, params Node[] operands) =>
        new(filter.ToString(), filter.Position, isTrue, null, [], [.. operands.Select(o => o.Shown)]);

    bool IsMatch(FilterLeaf leaf) => _leaves.Compile(leaf) is not { } program || ExactFilter.Matches(program, _forward.Values, _slot);

    /// <summary>Collects the fewest leaves to turn for a node to become what is wanted; of equally few, the first in the text.</summary>
    void Flip(Node node, bool wanted)
    {
        if (node.Shown.IsTrue == wanted) return;
        switch (node.Filter)
        {
            case FilterNot:
                Flip(node.Operands[0], !wanted);
                break;
            case FilterGroup when (node.Filter is FilterAnd) == wanted:
                foreach (var operand in node.Operands) Flip(operand, wanted);
                break;
            case FilterGroup:
                Flip(node.Operands.MinBy(o => wanted ? o.ToTrue : o.ToFalse)!, wanted);
                break;
            default:
                _failing.Add(node);
                break;
        }
    }

    FilterExpression Without(Node node)
    {
        if (_failing.Contains(node)) return new FilterConstant(!node.Shown.IsTrue);
        switch (node.Filter)
        {
            case FilterNot:
                var operand = Without(node.Operands[0]);
                return operand is FilterConstant constant ? new FilterConstant(!constant.Value) : new FilterNot(operand);
            case FilterGroup:
                return Without(node.Operands, node.Filter is FilterAnd);
            default:
                return node.Filter;
        }
    }

    FilterExpression Without(Node[] operands, bool isAnd)
    {
        var left = new List<FilterExpression>();
        foreach (var operand in operands.Select(Without))
        {
            if (operand is not FilterConstant constant) left.Add(operand);
            else if (constant.Value != isAnd) return constant;
        }
        return left.Count switch
        {
            0 => new FilterConstant(isAnd),
            1 => left[0],
            _ => isAnd ? new FilterAnd(left) : new FilterOr(left),
        };
    }

    static IEnumerable<Node> Leaves(Node node) => node.Operands.Length == 0 ? [node] : node.Operands.SelectMany(Leaves);

    IReadOnlyList<string> Values(string name) => FeatureText.Of(_forward, _forward.Schema.Find(name), _slot);

    sealed record Node(FilterExpression Filter, ExplainedCondition Shown, Node[] Operands, int ToTrue, int ToFalse)
    {
        // Two equal conditions in one filter are two nodes.
        public bool Equals(Node? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
