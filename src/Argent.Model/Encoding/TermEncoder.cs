using System.Numerics;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// An item's features as the filter index holds them: bitmap rows for small vocabularies, the rows of the set bits of an
/// ordered feature's code, Bloom terms for all other values. A missing value has none of them. Publishing and later
/// updates both come here.
/// </summary>
public sealed class TermEncoder
{
    readonly FeatureSchema _schema;
    readonly ulong[]?[] _hashes;

    /// <summary>An encoder for the features of <paramref name="schema"/>, laid out as <paramref name="layout"/> says.</summary>
    /// <exception cref="ArgumentException">The layout is of another number of features.</exception>
    public TermEncoder(FeatureSchema schema, FilterIndexLayout layout)
    {
        if (layout.FirstExactRow.Length != schema.Features.Count)
        {
            throw new ArgumentException($"A layout of {layout.FirstExactRow.Length} features for a schema of {schema.Features.Count}.");
        }
        (_schema, Layout) = (schema, layout);
        _hashes = new ulong[]?[schema.Features.Count];
        for (int f = 0; f < _hashes.Length; f++)
        {
            // Each value is hashed once, not once per item that has it.
            if (schema.Vocabularies[f] is { } vocabulary && layout.FirstExactRow[f] < 0)
            {
                _hashes[f] = [.. vocabulary.Values.Select(value => Terms.Hash(schema.Features[f].Name, value))];
            }
        }
    }

    /// <summary>Where each feature is.</summary>
    public FilterIndexLayout Layout { get; }

    /// <summary>Terms of rows of a catalogue whose columns are the schema's; a negative row has none.</summary>
    public ItemTerms Encode(IReadOnlyList<FeatureColumn> columns, ReadOnlySpan<int> rows)
    {
        var (terms, exact) = (new List<ulong>(rows.Length), new List<int>(rows.Length));
        var termStart = Tensor.Zeros<int>(new Shape(rows.Length + 1));
        var exactStart = Tensor.Zeros<int>(new Shape(rows.Length + 1));
        for (int i = 0; i < rows.Length; i++)
        {
            for (int f = 0; f < columns.Count && rows[i] >= 0; f++) Add(columns[f], f, rows[i], terms, exact);
            (termStart[i + 1], exactStart[i + 1]) = (terms.Count, exact.Count);
        }
        return new ItemTerms(termStart, Copy(terms), exactStart, Copy(exact));
    }

    /// <summary>Bloom terms of one row.</summary>
    public int CountTerms(IReadOnlyList<FeatureColumn> columns, int row)
    {
        int count = 0;
        for (int f = 0; f < columns.Count; f++)
        {
            if (!_schema.Features[f].IsOrdered && Layout.FirstExactRow[f] < 0) count += columns[f].Ids(row).Length;
        }
        return count;
    }

    void Add(FeatureColumn column, int feature, int row, List<ulong> terms, List<int> exact)
    {
        int first = Layout.FirstExactRow[feature];
        if (_schema.Features[feature].IsOrdered)
        {
            int code = Layout.CutsOf(feature)?.Code(column.Keys[row]) ?? 0;
            for (; code != 0; code &= code - 1) exact.Add(first + BitOperations.TrailingZeroCount(code));
            return;
        }
        foreach (int id in column.Ids(row))
        {
            if (first >= 0) exact.Add(first + id);
            else terms.Add(_hashes[feature]![id]);
        }
    }

    static Tensor<T> Copy<T>(List<T> values) where T : unmanaged =>
        Tensor.From<T>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));
}
