using System.Globalization;
using Argent.Model;

namespace Argent.Data;

/// <summary>
/// Ids as texts, numbered in the order in which they first appear. Once <see cref="Sort"/> was called, the ids are known to be
/// integers or texts, and <see cref="Find"/> also knows an integer by another spelling ("007", "7.0").
/// </summary>
sealed class IdBook
{
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    readonly List<string> _ids = [];
    bool _areIntegers;

    /// <summary>Number of ids.</summary>
    public int Count => _ids.Count;

    /// <summary>The number of an id, which is added when it is new.</summary>
    public int Add(string id, out bool isNew)
    {
        isNew = _numbers.TryAdd(id, _ids.Count);
        if (!isNew) return _numbers[id];
        _ids.Add(id);
        return _ids.Count - 1;
    }

    /// <summary>The number of an id, or -1.</summary>
    public int Find(string id)
    {
        if (_numbers.TryGetValue(id, out int number)) return number;
        if (!_areIntegers) return -1;
        try
        {
            return _numbers.GetValueOrDefault(Canonical(CellParser.Integer(id, "")), -1);
        }
        catch (BadRowException)
        {
            return -1;
        }
    }

    /// <summary>
    /// The ids ascending: by number when every id is an integer in its shortest spelling, else by UTF-8 bytes.
    /// </summary>
    public SortedIds Sort()
    {
        var numbers = new long[Count];
        _areIntegers = true;
        for (int i = 0; i < Count && _areIntegers; i++)
        {
            _areIntegers = long.TryParse(_ids[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])
                && Canonical(numbers[i]) == _ids[i];
        }
        var order = new int[Count];
        for (int i = 0; i < Count; i++) order[i] = i;
        if (_areIntegers) Array.Sort(numbers, order);
        else Array.Sort(order, (a, b) => CompareBytes(_ids[a], _ids[b]));
        var rank = new int[Count];
        for (int i = 0; i < Count; i++) rank[order[i]] = i;
        return new SortedIds([.. order.Select(i => _ids[i])], _areIntegers ? numbers : null, order, rank);
    }

    static string Canonical(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The order of the UTF-8 bytes: as of UTF-16 units, except that surrogates stand for the highest code points.</summary>
    internal static int CompareBytes(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
        bool isHighA = char.IsSurrogate(a[same]), isHighB = char.IsSurrogate(b[same]);
        return isHighA == isHighB ? a[same].CompareTo(b[same]) : isHighA.CompareTo(isHighB);
    }
}

/// <summary>Ids in ascending order and the way there from the order in which they were read.</summary>
/// <param name="Texts">Ids ascending.</param>
/// <param name="Numbers">The same as integers, or null when some are not.</param>
/// <param name="Order">Order[row] = number of the id in the book.</param>
/// <param name="Rank">Rank[number in the book] = row.</param>
sealed record SortedIds(string[] Texts, long[]? Numbers, int[] Order, int[] Rank)
{
    /// <summary>As item ids of a catalogue.</summary>
    public ItemIds ToItemIds() => Numbers is not null ? ItemIds.FromSorted(Numbers.AsSpan()) : ItemIds.FromSorted(Texts);
}
