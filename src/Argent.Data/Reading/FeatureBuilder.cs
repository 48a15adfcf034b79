using Argent.Model;

namespace Argent.Data;

/// <summary>
/// Collects one feature's values in the order in which rows are read. A row's values are first read and then committed, so
/// that a bad cell elsewhere in the row leaves nothing behind.
/// </summary>
sealed class FeatureBuilder
{
    readonly FeaturePart _part;
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    readonly List<string> _values = [];
    readonly List<(int Row, int Value)> _entries = [];
    readonly List<int> _readValues = [];
    long[] _keys = [];
    bool[] _isGiven = [];
    int _column;
    long _readKey;

    /// <summary>No values yet.</summary>
    /// <exception cref="FormatException">The value that stands for a missing one is not of the feature's type.</exception>
    public FeatureBuilder(FeaturePart part)
    {
        _part = part;
        if (part.Missing is null || !part.Spec.IsOrdered) return;
        try
        {
            CellParser.Key(part.Missing, part.Spec.Type, part.Column);
        }
        catch (BadRowException)
        {
            throw new FormatException($"'missing' of the feature '{part.Spec.Name}' is '{part.Missing}', which is no {part.Spec.Type}");
        }
    }

    /// <summary>What is collected.</summary>
    public FeaturePart Part => _part;

    /// <summary>Finds the feature's column in a table that is about to be read.</summary>
    public void Bind(Table table) => _column = table.Column(_part.Column);

    /// <summary>Reads the value of the table's current row.</summary>
    /// <exception cref="BadRowException">The cell does not hold a value of the type.</exception>
    public void Read(Table table)
    {
        _readKey = OrderedKey.Missing;
        _readValues.Clear();
        if (_part.Spec.Type == FeatureType.Categories)
        {
            foreach (string piece in table.Cells(_column, _part.Separator)) ReadValue(piece.Trim());
        }
        else
        {
            ReadValue(table.Cell(_column));
        }
    }

    /// <summary>Gives the value that was read to a row.</summary>
    /// <exception cref="BadRowException">The row has a value already, and the feature takes one.</exception>
    public void Commit(int row)
    {
        if (_readKey == OrderedKey.Missing && _readValues.Count == 0) return;
        if (row >= _isGiven.Length) Grow(row + 1);
        if (_isGiven[row] && _part.Spec.Type != FeatureType.Categories)
        {
            throw new BadRowException($"a second value of '{_part.Spec.Name}' for the same id");
        }
        _isGiven[row] = true;
        if (_part.Spec.IsOrdered) _keys[row] = _readKey;
        foreach (int value in _readValues) _entries.Add((row, value));
    }

    /// <summary>The column, with rows where <paramref name="ids"/> puts them.</summary>
    public FeatureColumn Build(SortedIds ids)
    {
        Grow(ids.Order.Length);
        return _part.Spec.IsOrdered ? BuildOrdered(ids.Order) : BuildCategorical(ids);
    }

    void ReadValue(string text)
    {
        if (_part.Map is { } map && map.TryGetValue(text, out string? mapped)) text = mapped ?? "";
        if (text.Length == 0) return;
        if (_part.Spec.IsOrdered) _readKey = CellParser.Key(text, _part.Spec.Type, _part.Column);
        else _readValues.Add(Number(text));
    }

    int Number(string value)
    {
        if (_numbers.TryGetValue(value, out int number)) return number;
        _numbers.Add(value, _values.Count);
        _values.Add(value);
        return _values.Count - 1;
    }

    void Grow(int rows)
    {
        if (rows <= _isGiven.Length) return;
        int capacity = Math.Max(rows, 2 * _isGiven.Length);
        Array.Resize(ref _isGiven, capacity);
        if (_part.Spec.IsOrdered) Array.Resize(ref _keys, capacity);
    }

    FeatureColumn BuildOrdered(int[] order)
    {
        long missing = _part.Missing is { } text ? CellParser.Key(text, _part.Spec.Type, _part.Column) : OrderedKey.Missing;
        var keys = new long[order.Length];
        for (int row = 0; row < keys.Length; row++) keys[row] = _isGiven[order[row]] ? _keys[order[row]] : missing;
        return FeatureColumn.Ordered(_part.Spec, keys);
    }

    FeatureColumn BuildCategorical(SortedIds ids)
    {
        if (_part.Missing is { } text)
        {
            int missing = Number(text);
            for (int i = 0; i < ids.Order.Length; i++)
            {
                if (!_isGiven[i]) _entries.Add((i, missing));
            }
        }
        var (vocabulary, idOf) = BuildVocabulary();
        var start = new int[ids.Order.Length + 1];
        foreach (var (row, _) in _entries) start[ids.Rank[row] + 1]++;
        for (int row = 0; row < ids.Order.Length; row++) start[row + 1] += start[row];
        var values = new int[_entries.Count];
        var next = start.AsSpan(0, ids.Order.Length).ToArray();
        foreach (var (row, value) in _entries) values[next[ids.Rank[row]]++] = idOf[value];
        return FeatureColumn.Categorical(_part.Spec, vocabulary, start, Distinct(start, values));
    }

    /// <summary>The values that rows have; a value that only a bad row held is not one of them.</summary>
    (Vocabulary Vocabulary, int[] IdOf) BuildVocabulary()
    {
        var isUsed = new bool[_values.Count];
        foreach (var (_, value) in _entries) isUsed[value] = true;
        var vocabulary = new Vocabulary(_values.Where((_, i) => isUsed[i]));
        return (vocabulary, [.. _values.Select(vocabulary.Find)]);
    }

    /// <summary>Puts each row's ids in ascending order, drops repeated ones and moves the starts accordingly.</summary>
    static int[] Distinct(int[] start, int[] values)
    {
        int written = 0;
        for (int row = 0, from = 0; row + 1 < start.Length; row++)
        {
            int to = start[row + 1];
            values.AsSpan(from, to - from).Sort();
            for (int i = from; i < to; i++)
            {
                if (i == from || values[i] != values[i - 1]) values[written++] = values[i];
            }
            from = to;
            start[row + 1] = written;
        }
        return values[..written];
    }
}
