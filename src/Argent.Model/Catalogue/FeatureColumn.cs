namespace Argent.Model;

/// <summary>One feature's values for every row of a catalogue: either ordered keys or lists of vocabulary ids.</summary>
public sealed class FeatureColumn
{
    readonly long[]? _keys;
    readonly int[]? _start;
    readonly int[]? _values;

    FeatureColumn(FeatureSpec spec, Vocabulary? vocabulary, long[]? keys, int[]? start, int[]? values) =>
        (Spec, Vocabulary, _keys, _start, _values) = (spec, vocabulary, keys, start, values);

    /// <summary>Name and type.</summary>
    public FeatureSpec Spec { get; }

    /// <summary>The values that ids stand for; null for an ordered feature.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>Number of rows.</summary>
    public int Count => _keys?.Length ?? _start!.Length - 1;

    /// <summary>Keys by row, <see cref="OrderedKey.Missing"/> for missing.</summary>
    public ReadOnlySpan<long> Keys => _keys;

    /// <summary>The ids of a row, ascending and distinct; empty for missing.</summary>
    public ReadOnlySpan<int> Ids(int row) => _values.AsSpan(_start![row], _start[row + 1] - _start[row]);

    /// <summary>An ordered column.</summary>
    public static FeatureColumn Ordered(FeatureSpec spec, long[] keys) => spec.IsOrdered
        ? new(spec, null, keys, null, null)
        : throw new ArgumentException($"The feature '{spec.Name}' is {spec.Type}, which has no order.");

    /// <summary>A column of ids: those of row r are <c>values[start[r] .. start[r + 1]]</c>, ascending and distinct.</summary>
    public static FeatureColumn Categorical(FeatureSpec spec, Vocabulary vocabulary, int[] start, int[] values) => spec.IsOrdered
        ? throw new ArgumentException($"The feature '{spec.Name}' is {spec.Type}, which has no vocabulary.")
        : new(spec, vocabulary, null, start, values);

    /// <summary>The same column with its rows in another order: row i of the result is row <c>order[i]</c>.</summary>
    public FeatureColumn Reorder(ReadOnlySpan<int> order)
    {
        if (_keys is not null)
        {
            var keys = new long[order.Length];
            for (int i = 0; i < keys.Length; i++) keys[i] = _keys[order[i]];
            return Ordered(Spec, keys);
        }
        var start = new int[order.Length + 1];
        for (int i = 0; i < order.Length; i++) start[i + 1] = start[i] + Ids(order[i]).Length;
        var values = new int[start[^1]];
        for (int i = 0; i < order.Length; i++) Ids(order[i]).CopyTo(values.AsSpan(start[i]));
        return Categorical(Spec, Vocabulary!, start, values);
    }
}
