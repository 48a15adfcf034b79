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
        var matchesOne = column.Spec.IsOrdered ? One(leaf, column.Spec.Type) : null;
        for (int r = 0; r < matches.Length; r++)
        {
            matches[r] = _texts[c] is { } texts
                ? MatchesSet(leaf, texts[r])
                : column.Keys[r] != OrderedKey.Missing && matchesOne!(column.Keys[r]);
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

    static Func<long, bool> One(FilterLeaf leaf, FeatureType type)
    {
        switch (leaf)
        {
            case FilterComparison compared:
                var order = Order(type, compared.Value);
                return compared.Operator switch
                {
                    FilterOperator.Equal => key => order(key) == 0,
                    FilterOperator.Less => key => order(key) < 0,
                    FilterOperator.LessOrEqual => key => order(key) <= 0,
                    FilterOperator.Greater => key => order(key) > 0,
                    _ => key => order(key) >= 0,
                };
            case FilterBetween between:
                var (low, high) = (Order(type, between.Low), Order(type, between.High));
                return key => low(key) >= 0 && high(key) <= 0;
            case FilterMembership member:
                var orders = member.Values.Select(v => Order(type, v)).ToList();
                return member.All ? key => orders.TrueForAll(o => o(key) == 0) : key => orders.Exists(o => o(key) == 0);
            default:
                return _ => true;
        }
    }

    /// <summary>How a key's value compares with a value of the filter.</summary>
    static Func<long, int> Order(FeatureType type, FilterValue value)
    {
        switch (type)
        {
            case FeatureType.Integer:
                decimal integer = decimal.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
                return key => ((decimal)key).CompareTo(integer);
            case FeatureType.Number:
                double number = double.Parse(value.Text, CultureInfo.InvariantCulture);
                return key => OrderedKey.ToNumber(key).CompareTo(number);
            default:
                var moment = DateTimeOffset.Parse(value.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                return key => DateTimeOffset.FromUnixTimeSeconds(key).CompareTo(moment);
        }
    }
}
