namespace Argent.Kernels;

/// <summary>What a leaf of an exact program asks of a slot's forward values.</summary>
public enum LeafKind
{
    /// <summary>One of the item's values is in the leaf's set.</summary>
    HasAny,

    /// <summary>Every value of the leaf's set is one of the item's.</summary>
    HasAll,

    /// <summary>The key lies in [Low, High]; false for a missing key.</summary>
    Range,

    /// <summary>The item has a value.</summary>
    Exists,
}

/// <summary>One comparison of an exact program.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Feature">Column of the forward values.</param>
/// <param name="SetStart">First entry of the set in <see cref="FilterProgram.Values"/>, which is ascending.</param>
/// <param name="SetCount">Entries of the set: value ids, or keys for an ordered feature.</param>
/// <param name="Low">Lowest key of a range.</param>
/// <param name="High">Highest key of a range.</param>
public readonly record struct ExactLeaf(LeafKind Kind, int Feature, int SetStart, int SetCount, long Low, long High);

/// <summary>
/// A compiled filter, twice: a mask program over the filter index that may include too many and never too few, and the
/// exact program over forward values. Both are postfix; an entry of 0 or more is a leaf, the others are operators.
/// </summary>
public sealed class FilterProgram
{
    /// <summary>Pops two, pushes their conjunction.</summary>
    public const int And = -1;

    /// <summary>Pops two, pushes their disjunction.</summary>
    public const int Or = -2;

    /// <summary>Pops one, pushes its complement; in exact programs only: masks are in negation normal form.</summary>
    public const int Not = -3;

    /// <summary>Pushes true: in a mask, "cannot rule out".</summary>
    public const int All = -4;

    /// <summary>Pushes false.</summary>
    public const int None = -5;

    /// <summary>The deepest stack that either program may need.</summary>
    public const int StackMax = 64;

    /// <summary>Postfix mask program.</summary>
    public required int[] MaskOps { get; init; }

    /// <summary>Leaves of the mask program.</summary>
    public required MaskLeaf[] MaskLeaves { get; init; }

    /// <summary>True when the mask may include items that do not match, so that survivors must be verified.</summary>
    public required bool NeedsVerification { get; init; }

    /// <summary>Postfix exact program.</summary>
    public required int[] ExactOps { get; init; }

    /// <summary>
    /// Postfix program over the exact leaves: what is left to verify of an item that has passed the mask. It leaves out
    /// what the mask decides exactly; null when that is nothing.
    /// </summary>
    public int[]? OpenOps { get; init; }

    /// <summary>Leaves of the exact program.</summary>
    public required ExactLeaf[] ExactLeaves { get; init; }

    /// <summary>Sets of the exact leaves: value ids or keys, ascending within a set.</summary>
    public required long[] Values { get; init; }

    MaskPlan? _plan;
    ExactPlan? _exactPlan;

    /// <summary>The exact leaves as kernels read them; made once.</summary>
    internal ExactPlan ExactPlan
    {
        get
        {
            var plan = Volatile.Read(ref _exactPlan);
            if (plan is null) Volatile.Write(ref _exactPlan, plan = new ExactPlan(this));
            return plan;
        }
    }

    /// <summary>
    /// The share of slots that the mask lets pass, estimated from some blocks of the filter index, so that a share below
    /// 1 / 16,384 may be taken for 0; 1 when the mask rules nothing out. Measured once for an index.
    /// </summary>
    public double MaskShare(FilterWords words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return PlanFor(words).PassShare;
    }

    /// <summary>The mask planned for a filter index; kept, so that a cached program is planned once.</summary>
    internal MaskPlan PlanFor(FilterWords words)
    {
        var plan = Volatile.Read(ref _plan);
        if (plan is null || !plan.IsOf(words)) Volatile.Write(ref _plan, plan = MaskPlan.Of(this, words));
        return plan;
    }

    /// <summary>Demands that both programs are whole and fit the index and the forward values.</summary>
    /// <exception cref="ArgumentException">They are not, or do not.</exception>
    internal void Check(FilterWords? words, ForwardValues? forward)
    {
        CheckMask(words);
        CheckStack("exact", ExactOps, ExactLeaves.Length, withNot: true);
        if (OpenOps is not null) CheckStack("open", OpenOps, ExactLeaves.Length, withNot: true);
        int features = forward?.Columns.Length ?? 0;
        foreach (ref readonly var leaf in ExactLeaves.AsSpan())
        {
            if ((uint)leaf.Feature >= (uint)features)
            {
                throw new ArgumentException($"A filter asks for feature {leaf.Feature} of an index with {features} features.");
            }
            if (leaf.SetStart < 0 || leaf.SetCount < 0 || leaf.SetStart + (long)leaf.SetCount > Values.Length)
            {
                throw new ArgumentException(
                    $"A filter's set of {leaf.SetCount} values at {leaf.SetStart} is outside its {Values.Length} values.");
            }
        }
    }

    /// <summary>Demands that the mask program is whole and fits the index.</summary>
    internal void CheckMask(FilterWords? words)
    {
        CheckStack("mask", MaskOps, MaskLeaves.Length, withNot: false);
        foreach (ref readonly var leaf in MaskLeaves.AsSpan())
        {
            leaf.Check(words);
        }
    }

    static void CheckStack(string half, int[] ops, int leaves, bool withNot)
    {
        int depth = 0;
        foreach (int op in ops)
        {
            int needed = op switch { And or Or => 2, Not => 1, _ => 0 };
            bool known = op >= 0 ? op < leaves : op >= None && (op != Not || withNot);
            if (!known || depth < needed)
            {
                throw new ArgumentException($"A filter's {half} program is broken at entry {op}, depth {depth}.");
            }
            depth += needed switch { 2 => -1, 1 => 0, _ => 1 };
            if (depth > StackMax) throw new ArgumentException($"A filter's {half} program needs a stack over {StackMax}.");
        }
        if (depth != 1) throw new ArgumentException($"A filter's {half} program leaves {depth} results where 1 is expected.");
    }
}

/// <summary>Everything that decides whether an item is eligible for one query.</summary>
/// <param name="Program">The filter, or null for TRUE.</param>
/// <param name="ExcludedRows">Item rows that are not eligible, ascending, or null.</param>
/// <param name="OnlyRows">The only item rows that are eligible, ascending, or null for all.</param>
public sealed record QueryFilter(FilterProgram? Program, int[]? ExcludedRows = null, int[]? OnlyRows = null)
{
    RowSet? _excluded = RowSet.Of(ExcludedRows);

    /// <summary>
    /// Whether a scan verifies every item that the mask lets pass before it scores any, instead of only the best: for a
    /// program that few of them match. Answers are the same; fewer items count as seen.
    /// </summary>
    public bool VerifyFirst { get; init; }

    /// <summary>A long list of excluded rows, as a hash table; null for a short one.</summary>
    internal RowSet? Excluded =>
        ReferenceEquals(_excluded?.Rows, ExcludedRows) ? _excluded : _excluded = RowSet.Of(ExcludedRows);
}
