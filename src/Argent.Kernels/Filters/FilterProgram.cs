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

/// <summary>One test of the filter index.</summary>
/// <param name="ExactRow">Bitmap row, or -1 for a Bloom term.</param>
/// <param name="Negated">Complement the bitmap; never set for a Bloom term.</param>
/// <param name="Term">Hash of a Bloom term.</param>
public readonly record struct MaskLeaf(int ExactRow, bool Negated, ulong Term);

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

    /// <summary>Leaves of the exact program.</summary>
    public required ExactLeaf[] ExactLeaves { get; init; }

    /// <summary>Sets of the exact leaves: value ids or keys, ascending within a set.</summary>
    public required long[] Values { get; init; }
}

/// <summary>Everything that decides whether an item is eligible for one query.</summary>
/// <param name="Program">The filter, or null for TRUE.</param>
/// <param name="ExcludedRows">Item rows that are not eligible, ascending, or null.</param>
/// <param name="OnlyRows">The only item rows that are eligible, ascending, or null for all.</param>
public sealed record QueryFilter(FilterProgram? Program, int[]? ExcludedRows = null, int[]? OnlyRows = null);
