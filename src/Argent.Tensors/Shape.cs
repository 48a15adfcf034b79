using System.Globalization;

namespace Argent.Tensors;

/// <summary>The extents of a tensor, outermost first; at most four, each 0 or more, 64-bit.</summary>
public readonly record struct Shape
{
    /// <summary>The largest number of dimensions.</summary>
    public const int MaxRank = 4;

    readonly long _d0, _d1, _d2, _d3;

    /// <summary>A shape of one to four dimensions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    /// <exception cref="OverflowException">The number of elements passes 2^63 - 1.</exception>
    public Shape(long d0) : this(1, d0, 1, 1, 1) { }

    /// <inheritdoc cref="Shape(long)"/>
    public Shape(long d0, long d1) : this(2, d0, d1, 1, 1) { }

    /// <inheritdoc cref="Shape(long)"/>
    public Shape(long d0, long d1, long d2) : this(3, d0, d1, d2, 1) { }

    /// <inheritdoc cref="Shape(long)"/>
    public Shape(long d0, long d1, long d2, long d3) : this(4, d0, d1, d2, d3) { }

    Shape(int rank, long d0, long d1, long d2, long d3)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(d0);
        ArgumentOutOfRangeException.ThrowIfNegative(d1);
        ArgumentOutOfRangeException.ThrowIfNegative(d2);
        ArgumentOutOfRangeException.ThrowIfNegative(d3);
        (Rank, _d0, _d1, _d2, _d3) = (rank, d0, d1, d2, d3);
        Count = checked(d0 * d1 * d2 * d3);
    }

    /// <summary>Number of dimensions, 1 to 4 (0 for the default value, which holds no elements).</summary>
    public int Rank { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The extent of dimension <paramref name="dimension"/>, outermost is 0.</summary>
    public long this[int dimension] => (uint)dimension >= (uint)Rank
        ? throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"The shape {this} has {Rank} dimensions.")
        : dimension switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 };

    /// <summary>Elements in one step of the outermost dimension.</summary>
    public long RowCount => _d1 * _d2 * _d3;

    /// <summary>The same shape with another outermost extent.</summary>
    public Shape WithOuter(long d0) => new(Rank, d0, _d1, _d2, _d3);

    /// <summary>A shape from a list of extents.</summary>
    /// <exception cref="ArgumentException">The list is empty or longer than <see cref="MaxRank"/>.</exception>
    public static Shape From(ReadOnlySpan<long> extents) => extents.Length switch
    {
        1 => new(extents[0]),
        2 => new(extents[0], extents[1]),
        3 => new(extents[0], extents[1], extents[2]),
        4 => new(extents[0], extents[1], extents[2], extents[3]),
        _ => throw new ArgumentException($"A shape has 1 to {MaxRank} dimensions, not {extents.Length}."),
    };

    /// <summary>The extents as an array.</summary>
    public long[] ToArray()
    {
        var extents = new long[Rank];
        for (int i = 0; i < Rank; i++) extents[i] = this[i];
        return extents;
    }

    /// <summary>For example <c>[1000, 128]</c>.</summary>
    public override string ToString() =>
        "[" + string.Join(", ", ToArray().Select(e => e.ToString(CultureInfo.InvariantCulture))) + "]";
}
