using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Writes a condition as a program over the filter index, in negation normal form: a NOT goes down to the leaves, where
/// a bitmap is complemented exactly and anything else becomes "cannot rule out". So the mask may include items that do
/// not match; it never omits one that does.
/// </summary>
sealed class MaskProgram
{
    // A Bloom leaf costs HashCount cache lines per 512 slots, and an OR of n leaves passes n times the false positives:
    // beyond this many the mask costs more than the verification that it saves.
    const int BloomTermsMax = 32;

    // A bitmap leaf costs one cache line per 512 slots and is exact, so that longer lists still pay.
    const int BitmapsMax = 64;

    // Of a whole filter: 512 leaves read about as many bytes per block as its int8 codes.
    const int LeavesMax = 512;

    readonly FeatureSchema _schema;
    readonly FilterIndexLayout? _layout;
    readonly List<MaskLeaf> _leaves = [];

    public MaskProgram(FeatureSchema schema, FilterIndexLayout? layout, Condition condition)
    {
        (_schema, _layout) = (schema, layout);
        var root = Write(condition, negated: false);
        (Ops, IsExact) = (root.Node.ToArray(), root.IsExact);
    }

    public int[] Ops { get; }

    public MaskLeaf[] Leaves => [.. _leaves];

    /// <summary>True when the mask includes no item that does not match.</summary>
    public bool IsExact { get; }

    static Mask Unknown { get; } = new(PostfixNode.Leaf(FilterProgram.All), IsExact: false);

    Mask Write(Condition condition, bool negated)
    {
        switch (condition)
        {
            case LeafCondition leaf:
                return Write(leaf, negated);
            case NotCondition not:
                return Write(not.Operand, !negated);
            case GroupCondition group:
                return Combine(group.IsAnd != negated, [.. group.Operands.Select(o => Write(o, negated))]);
            default:
                bool all = (condition == Condition.True) != negated;
                return new(PostfixNode.Leaf(all ? FilterProgram.All : FilterProgram.None), IsExact: true);
        }
    }

    static Mask Combine(bool isAnd, List<Mask> operands)
    {
        bool exact = operands.TrueForAll(o => o.IsExact);
        // An AND is as good without what rules nothing out; an OR with it rules nothing out.
        int known = operands.RemoveAll(o => o.Node.Op == FilterProgram.All);
        if (operands.Count == 0 || (!isAnd && known > 0)) return Unknown;
        return new(PostfixNode.Group(Op(isAnd), operands.Select(o => o.Node)), exact);
    }

    Mask Write(LeafCondition leaf, bool negated)
    {
        if (_layout is null) return Unknown;
        int firstRow = _layout.FirstExactRow[leaf.Feature];
        if (!_schema.Features[leaf.Feature].IsOrdered && firstRow >= 0) return Bitmaps(leaf, firstRow, negated);
        return negated || firstRow >= 0 ? Unknown : Bloom(leaf);
    }

    Mask Bitmaps(LeafCondition leaf, int firstRow, bool negated)
    {
        bool exists = leaf.Kind == LeafKind.Exists;
        int count = exists ? _schema.Vocabularies[leaf.Feature]!.Count : leaf.Values.Length;
        if (count == 0) return Unknown;
        var rows = exists ? Enumerable.Range(0, count) : leaf.Values.Select(v => (int)v);
        var leaves = rows.Take(BitmapsMax).Select(v => new MaskLeaf(firstRow + v, negated, 0));
        return Group((leaf.Kind == LeafKind.HasAll) != negated, leaves, count, exact: true);
    }

    Mask Bloom(LeafCondition leaf)
    {
        string name = _schema.Features[leaf.Feature].Name;
        var vocabulary = _schema.Vocabularies[leaf.Feature];
        long[] values = leaf.Kind == LeafKind.Range && leaf.Low == leaf.High ? [leaf.Low] : leaf.Values;
        if (values.Length == 0) return Unknown;
        ulong Term(long value) => vocabulary is null ? Terms.Hash(name, value) : Terms.Hash(name, vocabulary[(int)value]);
        var leaves = values.Take(BloomTermsMax).Select(v => new MaskLeaf(-1, false, Term(v)));
        return Group(leaf.Kind == LeafKind.HasAll, leaves, values.Length, exact: false);
    }

    /// <summary>AND or OR of <paramref name="count"/> leaves, of which those that a limit allows are given.</summary>
    Mask Group(bool isAnd, IEnumerable<MaskLeaf> leaves, int count, bool exact)
    {
        int first = _leaves.Count;
        _leaves.AddRange(leaves.Take(LeavesMax - first));
        int added = _leaves.Count - first;
        // Part of an AND still rules out; part of an OR would omit items.
        if (added == 0 || (added < count && !isAnd))
        {
            _leaves.RemoveRange(first, added);
            return Unknown;
        }
        var nodes = Enumerable.Range(first, added).Select(PostfixNode.Leaf);
        return new(PostfixNode.Group(Op(isAnd), nodes), exact && added == count);
    }

    static int Op(bool isAnd) => isAnd ? FilterProgram.And : FilterProgram.Or;

    readonly record struct Mask(PostfixNode Node, bool IsExact);
}
