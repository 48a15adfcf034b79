using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Writes a condition as a program over the filter index, in negation normal form: a NOT goes down to the leaves, where
/// a bitmap is complemented exactly, of a range of codes what is surely outside is taken, and anything else becomes
/// "cannot rule out". So the mask may include items that do not match; it never omits one that does.
/// </summary>
sealed class MaskProgram
{
    // A Bloom leaf costs HashCount cache lines per 512 slots, and an OR of n leaves passes n times the false positives:
    // beyond this many the mask costs more than the verification that it saves.
    const int BloomTermsMax = 32;

    // A bitmap leaf costs one cache line per 512 slots and is exact, so that longer lists still pay.
    const int BitmapsMax = 64;

    // A range of codes reads a dozen cache lines per 512 slots.
    const int CodeRangesMax = 16;

    // Of a whole filter: 512 leaves read about as many bytes per block as its int8 codes.
    const int LeavesMax = 512;

    readonly FeatureSchema _schema;
    readonly FilterIndexLayout? _layout;
    readonly List<MaskLeaf> _leaves = [];

    public MaskProgram(FeatureSchema schema, FilterIndexLayout? layout, Condition condition)
    {
        (_schema, _layout) = (schema, layout);
        var root = Write(condition, negated: false);
        (Ops, IsExact, Open) = (root.Node.ToArray(), root.IsExact, root.Open);
    }

    public int[] Ops { get; }

    public MaskLeaf[] Leaves => [.. _leaves];

    /// <summary>True when the mask includes no item that does not match.</summary>
    public bool IsExact { get; }

    /// <summary>What is still to be verified of an item that passes the mask.</summary>
    public Condition Open { get; }

    static PostfixNode Unknown { get; } = PostfixNode.Leaf(FilterProgram.All);

    Mask Write(Condition condition, bool negated)
    {
        switch (condition)
        {
            case LeafCondition leaf:
                var (node, isExact) = Write(leaf, negated);
                return new(node, isExact, isExact ? Condition.True : negated ? Condition.Not(leaf) : leaf);
            case NotCondition not:
                return Write(not.Operand, !negated);
            case GroupCondition group:
                return Combine(group, negated);
            default:
                bool all = (condition == Condition.True) != negated;
                return new(PostfixNode.Leaf(all ? FilterProgram.All : FilterProgram.None), IsExact: true, Condition.True);
        }
    }

    Mask Combine(GroupCondition group, bool negated)
    {
        bool isAnd = group.IsAnd != negated;
        List<Mask> operands = [.. group.Operands.Select(o => Write(o, negated))];
        bool exact = operands.TrueForAll(o => o.IsExact);
        // Each operand of an AND was passed, so that only what its own mask leaves open remains; of an OR, any was.
        var open = exact ? Condition.True
            : isAnd ? Condition.Group(isAnd: true, operands.Select(o => o.Open))
            : negated ? Condition.Not(group) : group;
        // An AND is as good without what rules nothing out; an OR with it rules nothing out.
        int known = operands.RemoveAll(o => o.Node.Op == FilterProgram.All);
        if (operands.Count == 0 || (!isAnd && known > 0)) return new(Unknown, IsExact: false, open);
        return new(PostfixNode.Group(Op(isAnd), operands.Select(o => o.Node)), exact, open);
    }

    (PostfixNode Node, bool IsExact) Write(LeafCondition leaf, bool negated)
    {
        if (_layout is null) return (Unknown, false);
        int firstRow = _layout.FirstExactRow[leaf.Feature];
        if (!_schema.Features[leaf.Feature].IsOrdered)
        {
            return firstRow >= 0 ? Bitmaps(leaf, firstRow, negated) : negated ? (Unknown, false) : Bloom(leaf);
        }
        return _layout.CutsOf(leaf.Feature) is { } cuts ? Codes(leaf, cuts, firstRow, negated) : (Unknown, false);
    }

    (PostfixNode Node, bool IsExact) Codes(LeafCondition leaf, OrderedCuts cuts, int firstRow, bool negated)
    {
        var ranges = leaf.Kind switch
        {
            LeafKind.Exists => [(OrderedKey.Missing + 1, long.MaxValue)],
            LeafKind.Range => [(leaf.Low, leaf.High)],
            _ => Runs(leaf.Values),
        };
        bool exact = true;
        var leaves = new List<MaskLeaf>();
        foreach (var (low, high) in ranges.Take(CodeRangesMax))
        {
            var codes = negated ? cuts.Inner(low, high) : cuts.Outer(low, high);
            exact &= codes.IsExact;
            if (!codes.IsEmpty) leaves.Add(MaskLeaf.Codes(firstRow, cuts.RowCount, codes.Low, codes.High, negated));
        }
        return Group(negated, leaves, ranges.Count, exact);
    }

    /// <summary>Ascending keys as ranges of keys that follow one another.</summary>
    static List<(long Low, long High)> Runs(long[] keys)
    {
        var runs = new List<(long Low, long High)>();
        foreach (long key in keys)
        {
            if (runs.Count > 0 && runs[^1].High == key - 1) runs[^1] = (runs[^1].Low, key);
            else runs.Add((key, key));
        }
        return runs;
    }

    (PostfixNode Node, bool IsExact) Bitmaps(LeafCondition leaf, int firstRow, bool negated)
    {
        bool exists = leaf.Kind == LeafKind.Exists;
        int count = exists ? _schema.Vocabularies[leaf.Feature]!.Count : leaf.Values.Length;
        if (count == 0) return (Unknown, false);
        var rows = exists ? Enumerable.Range(0, count) : leaf.Values.Select(v => (int)v);
        var leaves = rows.Take(BitmapsMax).Select(v => MaskLeaf.Bitmap(firstRow + v, negated));
        return Group((leaf.Kind == LeafKind.HasAll) != negated, leaves, count, exact: true);
    }

    (PostfixNode Node, bool IsExact) Bloom(LeafCondition leaf)
    {
        string name = _schema.Features[leaf.Feature].Name;
        var vocabulary = _schema.Vocabularies[leaf.Feature]!;
        // EXISTS has no term.
        if (leaf.Values.Length == 0) return (Unknown, false);
        var leaves = leaf.Values.Take(BloomTermsMax).Select(v => MaskLeaf.Bloom(Terms.Hash(name, vocabulary[(int)v])));
        return Group(leaf.Kind == LeafKind.HasAll, leaves, leaf.Values.Length, exact: false);
    }

    /// <summary>AND or OR of <paramref name="count"/> leaves, of which those that a limit allows are given.</summary>
    (PostfixNode Node, bool IsExact) Group(bool isAnd, IEnumerable<MaskLeaf> leaves, int count, bool exact)
    {
        int first = _leaves.Count;
        _leaves.AddRange(leaves.Take(LeavesMax - first));
        int added = _leaves.Count - first;
        // Part of an AND still rules out; part of an OR would omit items.
        if (added == 0 || (added < count && !isAnd))
        {
            _leaves.RemoveRange(first, added);
            return (Unknown, false);
        }
        var nodes = Enumerable.Range(first, added).Select(PostfixNode.Leaf);
        return (PostfixNode.Group(Op(isAnd), nodes), exact && added == count);
    }

    static int Op(bool isAnd) => isAnd ? FilterProgram.And : FilterProgram.Or;

    readonly record struct Mask(PostfixNode Node, bool IsExact, Condition Open);
}
