using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The raw numbers of a catalogue: for each item and feature a run of values. The values of item i in column f are
/// <c>values[offsets[i * F + f] .. offsets[i * F + f + 1]]</c>, in any order.
/// </summary>
public sealed unsafe class IdTable
{
    readonly Tensor<int> _features;
    readonly Tensor<long> _offsets;
    readonly Tensor<long> _values;

    /// <summary>A table over features [F] int32, offsets [N * F + 1] int64 and values [V] int64.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit, or offsets descend or leave the values.</exception>
    public IdTable(Tensor<int> features, Tensor<long> offsets, Tensor<long> values)
    {
        (_features, _offsets, _values) = (features, offsets, values);
        long cells = offsets.Count - 1, columns = features.Count;
        if (cells < 0 || (columns == 0 ? cells != 0 : cells % columns != 0))
        {
            throw new ArgumentException($"Offsets have {offsets.Count} entries; expected items * {columns} features + 1.");
        }
        long count = columns == 0 ? 0 : cells / columns;
        if (count > int.MaxValue) throw new ArgumentException($"{count} items are more than {int.MaxValue}.");
        Count = (int)count;
        if (offsets[0] != 0 || offsets[cells] != values.Count)
        {
            throw new ArgumentException(
                $"Offsets run from {offsets[0]} to {offsets[cells]}; expected 0 to {values.Count}, the number of values.");
        }
        for (long i = 0; i < cells; i++)
        {
            if (offsets.Pointer[i] <= offsets.Pointer[i + 1]) continue;
            throw new ArgumentException($"Offsets descend after entry {i}, from {offsets[i]} to {offsets[i + 1]}.");
        }
    }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>
    /// For each filter, in order and one at a time, the rows of the items that match exactly, ascending. The table is
    /// read once for all filters together.
    /// </summary>
    public IEnumerable<int[]> Search(IReadOnlyList<IdFilter> filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        var postings = Postings(filters);
        var bitmaps = new IdBitmaps(Count);
        return filters.Select(filter => bitmaps.Evaluate(filter, postings));
    }

    /// <summary>The rows of every term that a filter names and an item has.</summary>
    Dictionary<(long Feature, long Value), List<int>> Postings(IReadOnlyList<IdFilter> filters)
    {
        var postings = new Dictionary<(long Feature, long Value), List<int>>();
        foreach (var filter in filters)
        {
            foreach (var term in filter.Terms) postings.TryAdd(term, []);
        }
        var wanted = new Dictionary<long, List<int>>?[(int)_features.Count];
        for (int f = 0; f < wanted.Length; f++)
        {
            var ofFeature = postings.Where(p => p.Key.Feature == _features[f]).ToDictionary(p => p.Key.Value, p => p.Value);
            wanted[f] = ofFeature.Count > 0 ? ofFeature : null;
        }
        for (int row = 0; row < Count; row++) Collect(row, wanted);
        return postings;
    }

    void Collect(int row, Dictionary<long, List<int>>?[] wanted)
    {
        long* cell = _offsets.Pointer + (long)row * wanted.Length;
        for (int f = 0; f < wanted.Length; f++)
        {
            if (wanted[f] is not { } ofFeature) continue;
            for (long v = cell[f]; v < cell[f + 1]; v++)
            {
                // The lists of two columns with one feature may repeat a row; bits do not mind.
                if (ofFeature.TryGetValue(_values.Pointer[v], out var rows)) rows.Add(row);
            }
        }
    }
}
