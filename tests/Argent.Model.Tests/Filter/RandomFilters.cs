using System.Globalization;

namespace Argent.Model.Tests.Filter;

/// <summary>Random filters over the features of a catalogue: mostly values that occur, some that do not.</summary>
sealed class RandomFilters(Catalogue catalogue, Random random)
{
    public FilterExpression Next(int depth = 3)
    {
        int kind = random.Next(10);
        if (depth == 0 || kind < 3) return Leaf();
        if (kind == 3) return new FilterNot(Next(depth - 1));
        if (kind == 4 && random.Next(5) == 0) return new FilterConstant(random.Next(2) == 0);
        FilterExpression[] operands = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => Next(depth - 1))];
        return random.Next(2) == 0 ? new FilterAnd(operands) : new FilterOr(operands);
    }

    FilterExpression Leaf()
    {
        var column = catalogue.Columns[random.Next(catalogue.Columns.Count)];
        string name = column.Spec.Name;
        FilterLeaf leaf = (random.Next(8), column.Spec.IsOrdered) switch
        {
            (0, _) => new FilterExists(name),
            (1, _) => new FilterMembership(name, Values(column, random.Next(1, 4)), all: true),
            (2, _) => new FilterMembership(name, Values(column, random.Next(10) == 0 ? random.Next(60) : random.Next(5))),
            (3, true) => new FilterBetween(name, Value(column), Value(column)),
            (4 or 5 or 6, true) => new FilterComparison(name, (FilterOperator)random.Next(1, 5), Value(column)),
            _ => new FilterComparison(name, FilterOperator.Equal, Value(column)),
        };
        return random.Next(4) == 0 ? new FilterNot(leaf) : leaf;
    }

    FilterValue[] Values(FeatureColumn column, int count) => [.. Enumerable.Range(0, count).Select(_ => Value(column))];

    FilterValue Value(FeatureColumn column)
    {
        if (!column.Spec.IsOrdered)
        {
            int id = random.Next(column.Vocabulary!.Count + 1);
            string text = id == column.Vocabulary.Count ? "no such value" : column.Vocabulary[id];
            return column.Spec.Type == FeatureType.Text && FilterValue.TryNumber(text) is { } number ? number : FilterValue.OfText(text);
        }
        long key = column.Keys[random.Next(column.Count)];
        if (key == OrderedKey.Missing) key = random.Next(-5, 5);
        return column.Spec.Type switch
        {
            FeatureType.Integer => random.Next(4) switch
            {
                0 => FilterValue.TryNumber((key + random.Next(-3, 4) / 2m).ToString("0.0##", CultureInfo.InvariantCulture))!,
                1 when random.Next(10) == 0 => FilterValue.TryNumber(random.Next(2) == 0 ? "1e25" : "-1e25")!,
                2 when random.Next(10) == 0 => FilterValue.Of(random.Next(2) == 0 ? long.MinValue : long.MaxValue),
                _ => FilterValue.Of(key),
            },
            FeatureType.Number => FilterValue.TryNumber(OrderedKey.ToNumber(key).ToString("R", CultureInfo.InvariantCulture))!,
            _ => Date(key + (random.Next(2) == 0 ? 0 : random.Next(-100_000, 100_000))),
        };
    }

    FilterValue Date(long seconds)
    {
        var moment = DateTimeOffset.FromUnixTimeSeconds(seconds);
        string text = moment.ToString(random.Next(2) == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return random.Next(2) == 0 ? FilterValue.OfText(text) : FilterValue.TryDate(text)!;
    }
}
