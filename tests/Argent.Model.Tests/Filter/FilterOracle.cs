using System.Globalization;

namespace Argent.Model.Tests.Filter;

/// <summary>What a filter means, said a second time: it walks the tree over a catalogue's columns, item by item.</summary>
sealed class FilterOracle(Catalogue catalogue)
{
    // By column and row: the texts of the item; null for an ordered column.
    readonly List<string[][]?> _texts = [.. catalogue.Columns.Select(c => c.Spec.IsOrdered
        ? null
        : Enumerable.Range(0, c.Count).Select(r => c.Ids(r).ToArray().Select(id => c.Vocabulary![id]).ToArray()).ToArray())];

    /// <summary>By row: whether the item matches.</summary>
    public bool[] Matches(FilterExpression filter)
    {
        var matches = new bool[catalogue.Count];
        switch (filter)
        {
            case FilterConstant constant:
                Array.Fill(matches, constant.Value);
                break;
            case FilterNot not:
                bool[] inner = Matches(not.Operand);
                for (int r = 0; r < matches.Length; r++) matches[r] = !inner[r];
                break;
            case FilterGroup group:
                bool isAnd = group is FilterAnd;
                Array.Fill(matches, isAnd);
                foreach (bool[] operand in group.Operands.Select(Matches))
                {
                    for (int r = 0; r < matches.Length; r++) matches[r] = isAnd ? matches[r] && operand[r] : matches[r] || operand[r];
                }
                break;
            default:
                Fill(matches, (FilterLeaf)filter);
                break;
        }
        return matches;
    }

    void Fill(bool[] matches, FilterLeaf leaf)
    {
        int c = catalogue.Schema.Find(leaf.Feature);
        var column = catalogue.Columns[c];
        for (int r = 0; r < matches.Length; r++)
        {
            matches[r] = _texts[c] is { } texts ? MatchesSet(leaf, texts[r]) : MatchesOne(leaf, column.Spec.Type, column.Keys[r]);
        }
    }

    static bool MatchesSet(FilterLeaf leaf, string[] values) => leaf switch
    {
        FilterExists => values.Length > 0,
        FilterComparison compared => values.Contains(compared.Value.Text),
        FilterMembership { All: false } any => any.Values.Any(v => values.Contains(v.Text)),
        FilterMembership all => all.Values.All(v => values.Contains(v.Text)),
        _ => throw new InvalidOperationException(),
    };

    static bool MatchesOne(FilterLeaf leaf, FeatureType type, long key)
    {
        if (key == OrderedKey.Missing) return false;
        int Against(FilterValue value) => Compare(type, key, value);
        return leaf switch
        {
            FilterExists => true,
            FilterComparison { Operator: FilterOperator.Equal } c => Against(c.Value) == 0,
            FilterComparison { Operator: FilterOperator.Less } c => Against(c.Value) < 0,
            FilterComparison { Operator: FilterOperator.LessOrEqual } c => Against(c.Value) <= 0,
            FilterComparison { Operator: FilterOperator.Greater } c => Against(c.Value) > 0,
            FilterComparison c => Against(c.Value) >= 0,
            FilterBetween between => Against(between.Low) >= 0 && Against(between.High) <= 0,
            FilterMembership { All: false } any => any.Values.Any(v => Against(v) == 0),
            FilterMembership all => all.Values.All(v => Against(v) == 0),
            _ => throw new InvalidOperationException(),
        };
    }

    static int Compare(FeatureType type, long key, FilterValue value) => type switch
    {
        FeatureType.Integer => ((decimal)key).CompareTo(decimal.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        FeatureType.Number => OrderedKey.ToNumber(key).CompareTo(double.Parse(value.Text, CultureInfo.InvariantCulture)),
        _ => DateTimeOffset.FromUnixTimeSeconds(key).CompareTo(
            DateTimeOffset.Parse(value.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)),
    };
}
