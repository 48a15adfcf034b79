namespace Argent.Model;

/// <summary>The distinct text values of a feature; an id is a position in ordinal order of the values.</summary>
public sealed class Vocabulary
{
    readonly string[] _values;
    readonly Dictionary<string, int> _ids;

    /// <summary>A vocabulary of <paramref name="values"/>, which are distinct; they are put in ordinal order.</summary>
    /// <exception cref="ArgumentException">A value appears twice.</exception>
    public Vocabulary(IEnumerable<string> values)
    {
        _values = [.. values.Order(StringComparer.Ordinal)];
        _ids = new Dictionary<string, int>(_values.Length, StringComparer.Ordinal);
        for (int i = 0; i < _values.Length; i++) _ids.Add(_values[i], i);
    }

    /// <summary>Number of values.</summary>
    public int Count => _values.Length;

    /// <summary>All values in ordinal order.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>The value of an id.</summary>
    public string this[int id] => _values[id];

    /// <summary>The id of a value, or -1.</summary>
    public int Find(string value) => _ids.TryGetValue(value, out int id) ? id : -1;
}
