namespace Argent.Kernels.Tests.Search;

/// <summary>A random filter as a tree: compiled to both programs, or evaluated from the items' values.</summary>
abstract record RandomFilter
{
    sealed record Leaf(LeafKind Kind, int Feature, long[] Set, long Low, long High) : RandomFilter;

    sealed record Not(RandomFilter Inner) : RandomFilter;

    sealed record Both(bool And, RandomFilter Left, RandomFilter Right) : RandomFilter;

    /// <summary>A tree of at most <paramref name="depth"/> levels.</summary>
    public static RandomFilter Draw(Random random, int depth)
    {
        int kind = depth == 0 ? 9 : random.Next(10);
        if (kind < 2) return new Not(Draw(random, depth - 1));
        if (kind < 7) return new Both(random.Next(2) == 0, Draw(random, depth - 1), Draw(random, depth - 1));
        int feature = random.Next(3);
        int values = feature switch { 0 => 7, 1 => 100, _ => 50 };
        var drawn = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (long)random.Next(values));
        long[] set = [.. drawn.Distinct().Order()];
        long low = random.Next(-60, 60), high = low + random.Next(40);
        var choice = feature == 2
            ? random.Next(3) switch { 0 => LeafKind.HasAny, 1 => LeafKind.Range, _ => LeafKind.Exists }
            : random.Next(4) switch { 0 => LeafKind.HasAll, 1 => LeafKind.Exists, _ => LeafKind.HasAny };
        return new Leaf(choice, feature, set, low, high);
    }

    /// <summary>Whether the item in <paramref name="slot"/> matches, by definition.</summary>
    public bool Matches(SearchItems items, int slot) => this switch
    {
        Not not => !not.Inner.Matches(items, slot),
        Both { And: true } both => both.Left.Matches(items, slot) && both.Right.Matches(items, slot),
        Both both => both.Left.Matches(items, slot) || both.Right.Matches(items, slot),
        Leaf { Feature: 2 } leaf => items.Keys[slot] != ForwardColumn.MissingKey && leaf.Kind switch
        {
            LeafKind.HasAny => leaf.Set.Contains(items.Keys[slot]),
            LeafKind.Range => leaf.Low <= items.Keys[slot] && items.Keys[slot] <= leaf.High,
            _ => true,
        },
        Leaf leaf => leaf.Kind switch
        {
            LeafKind.HasAny => items.Values(leaf.Feature, slot).Any(v => leaf.Set.Contains(v)),
            LeafKind.HasAll => leaf.Set.All(v => items.Values(leaf.Feature, slot).Contains((int)v)),
            _ => items.Values(leaf.Feature, slot).Count > 0,
        },
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Both programs.</summary>
    public FilterProgram Compile()
    {
        var (ops, leaves, values) = (new List<int>(), new List<ExactLeaf>(), new List<long>());
        EmitExact(ops, leaves, values);
        var (maskOps, maskLeaves) = (new List<int>(), new List<MaskLeaf>());
        bool exact = EmitMask(maskOps, maskLeaves, negated: false);
        // Of a conjunction whose left side is exact, only the right side is open: it stands between the left and the AND.
        int[]? open = null;
        if (this is Both { And: true } both && both.Left.EmitMask([], [], negated: false))
        {
            var left = new List<int>();
            both.Left.EmitExact(left, [], []);
            open = [.. ops[left.Count..^1]];
        }
        return new FilterProgram
        {
            ExactOps = [.. ops],
            OpenOps = open,
            ExactLeaves = [.. leaves],
            Values = [.. values],
            MaskOps = [.. maskOps],
            MaskLeaves = [.. maskLeaves],
            NeedsVerification = !exact,
        };
    }

    void EmitExact(List<int> ops, List<ExactLeaf> leaves, List<long> values)
    {
        switch (this)
        {
            case Not not:
                not.Inner.EmitExact(ops, leaves, values);
                ops.Add(FilterProgram.Not);
                break;
            case Both both:
                both.Left.EmitExact(ops, leaves, values);
                both.Right.EmitExact(ops, leaves, values);
                ops.Add(both.And ? FilterProgram.And : FilterProgram.Or);
                break;
            case Leaf leaf:
                ops.Add(leaves.Count);
                leaves.Add(new(leaf.Kind, leaf.Feature, values.Count, leaf.Set.Length, leaf.Low, leaf.High));
                values.AddRange(leaf.Set);
                break;
        }
    }

    /// <summary>Emits the mask of this tree or its complement; true when the mask is exact.</summary>
    bool EmitMask(List<int> ops, List<MaskLeaf> leaves, bool negated)
    {
        switch (this)
        {
            case Not not:
                return not.Inner.EmitMask(ops, leaves, !negated);
            case Both both:
                bool left = both.Left.EmitMask(ops, leaves, negated), right = both.Right.EmitMask(ops, leaves, negated);
                ops.Add(both.And != negated ? FilterProgram.And : FilterProgram.Or);
                return left && right;
            case Leaf { Kind: LeafKind.Range } range when range.High < -50 || range.Low > 49:
                ops.Add(negated ? FilterProgram.All : FilterProgram.None);
                return true;
            case Leaf { Kind: LeafKind.Range } range:
                ops.Add(leaves.Count);
                int low = SearchItems.Code(range.Low), high = SearchItems.Code(range.High);
                leaves.Add(MaskLeaf.Codes(SearchItems.CodeRow, SearchItems.CodeRows, low, high, negated));
                return true;
            case Leaf { Kind: LeafKind.Exists }:
            case Leaf { Feature: > 0 } when negated:
                ops.Add(FilterProgram.All);
                return false;
            case Leaf leaf:
                for (int i = 0; i < leaf.Set.Length; i++)
                {
                    ops.Add(leaves.Count);
                    leaves.Add(leaf.Feature == 0
                        ? MaskLeaf.Bitmap((int)leaf.Set[i], negated)
                        : MaskLeaf.Bloom(SearchItems.Term(leaf.Feature, leaf.Set[i])));
                    if (i > 0) ops.Add(leaf.Kind == LeafKind.HasAll != negated ? FilterProgram.And : FilterProgram.Or);
                }
                return leaf.Feature == 0;
            default:
                throw new InvalidOperationException();
        }
    }
}
