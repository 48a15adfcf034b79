using System.Globalization;
using Argent.Model;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>Random filters over raw values: mostly about values that occur or lie just beside one, some about others.</summary>
sealed class FuzzFilters(IReadOnlyList<FuzzFeature> features, Random random)
{
    const int DepthMax = 6, NotsMax = 20, ListMax = 200;

    /// <summary>The next filter.</summary>
    public FilterExpression Next() => Next(random.Next(DepthMax));

    FilterExpression Next(int depth)
    {
        if (depth == 0) return Leaf();
        switch (random.Next(12))
        {
            case 0:
                return new FilterConstant(random.Next(2) == 0);
            case 1 or 2:
                return new FilterNot(Next(depth - 1));
            case 3 when random.Next(4) == 0:
                var filter = Next(depth - 1);
                for (int nots = random.Next(NotsMax); nots > 0; nots--) filter = new FilterNot(filter);
                return filter;
            case 4 or 5:
                return Leaf();
            default:
                int count = random.Next(8) == 0 ? random.Next(2, 12) : random.Next(2, 4);
                int Below() => depth - 1 - random.Next(Math.Min(2, depth));
                FilterExpression[] operands = [.. Enumerable.Range(0, count).Select(_ => Next(Below()))];
                return random.Next(2) == 0 ? new FilterAnd(operands) : new FilterOr(operands);
        }
    }

    FilterLeaf Leaf()
    {
        var feature = features[random.Next(features.Count)];
        string name = feature.Spec.Name;
        switch (random.Next(8), feature.Spec.IsOrdered)
        {
            case (0, _):
                return new FilterExists(name);
            case (1, _):
                return new FilterMembership(name, AllOf(feature), all: true);
            case (2 or 3, _):
                int count = random.Next(6) == 0 ? random.Next(ListMax + 1) : random.Next(5);
                return new FilterMembership(name, [.. Enumerable.Range(0, count).Select(_ => Value(feature))]);
            case (4, true):
                return new FilterBetween(name, Value(feature), Value(feature));
            case (5 or 6, true):
                return new FilterComparison(name, (FilterOperator)random.Next(1, 5), Value(feature));
            default:
                return new FilterComparison(name, FilterOperator.Equal, Value(feature));
        }
    }

    /// <summary>A list for HAS ALL: mostly some values of one item, which has them all.</summary>
    FilterValue[] AllOf(FuzzFeature feature)
    {
        object[] values = feature.Values[random.Next(feature.Values.Length)];
        int count = random.Next(1, 5);
        if (values.Length == 0 || random.Next(3) == 0) return [.. Enumerable.Range(0, count).Select(_ => Value(feature))];
        return [.. Enumerable.Range(0, count).Select(_ => Written(feature.Spec.Type, values[random.Next(values.Length)]))];
    }

    /// <summary>A value of a random item, what lies beside it, or any value of the type.</summary>
    FilterValue Value(FuzzFeature feature)
    {
        object[] values = feature.Values[random.Next(feature.Values.Length)];
        object value = values.Length == 0 ? Any(feature.Spec.Type) : values[random.Next(values.Length)];
        return Written(feature.Spec.Type, value);
    }

    object Any(FeatureType type) => type switch
    {
        FeatureType.Integer => random.NextInt64(-50, 50),
        FeatureType.Number => random.Next(-50, 50) / 4.0,
        FeatureType.Date => DateTimeOffset.FromUnixTimeSeconds(random.Next(0, 20_000) * 86_400L),
        _ => "no such value",
    };

    FilterValue Written(FeatureType type, object value) => type switch
    {
        FeatureType.Integer => Number(Integer((long)value)),
        FeatureType.Number => Number(Decimal((double)value)),
        FeatureType.Date => Date((DateTimeOffset)value),
        _ => Text((string)value),
    };

    static FilterValue Number(string text) =>
        FilterValue.TryNumber(text) ?? throw new InvalidOperationException($"{text} is no number of the filter language.");

    FilterValue Text(string text)
    {
        if (random.Next(10) == 0) text = random.Next(2) == 0 ? text + "." : text.ToUpperInvariant();
        // Numbers name the text as it is written.
        bool isNumber = text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c == '.') && char.IsAsciiDigit(text[0])
            && text.Count(c => c == '.') < 2;
        return isNumber && random.Next(2) == 0 ? Number(text) : FilterValue.OfText(text);
    }

    string Integer(long value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return random.Next(16) switch
        {
            0 => ((Int128)value + 1).ToString(CultureInfo.InvariantCulture) + "e0",
            1 => ((Int128)value - 1).ToString(CultureInfo.InvariantCulture) + "e0",
            2 => text + ".5",
            3 => text + ".",
            4 => text + "." + new string('0', random.Next(40)) + random.Next(2).ToString(CultureInfo.InvariantCulture),
            5 => text + "0e-1",
            6 => random.GetItems(["1e25", "-1e25", "1e300", "-1e300", "1e-40", "-1e-40", "0e0", "-0", "1.5e1", ".5", "-.5e-3"], 1)[0],
            7 => random.GetItems(["9223372036854775807", "-9223372036854775808", "9223372036854775808.", "-9223372036854775809."], 1)[0],
            _ => text,
        };
    }

    string Decimal(double value)
    {
        double near = random.Next(8) switch { 0 => Math.BitIncrement(value), 1 => Math.BitDecrement(value), 2 => -value, _ => value };
        if (!double.IsFinite(near)) near = value;
        string text = near.ToString(random.Next(4) == 0 ? "E16" : "R", CultureInfo.InvariantCulture);
        if (random.Next(20) > 0) return text;
        return random.GetItems(["0", "-0", "0.0", "-0.0", "5e-324", "1e-999", "1.7976931348623157e308"], 1)[0];
    }

    FilterValue Date(DateTimeOffset value)
    {
        bool hasRoom = value.Year is > 1 and < 9999;
        if (hasRoom && random.Next(3) == 0)
        {
            value = value.AddSeconds(random.Next(4) == 0 ? random.Next(-100_000, 100_000) : random.Next(-1, 2));
        }
        string text = (random.Next(4), hasRoom) switch
        {
            (0, _) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            (1, true) => value.ToOffset(TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60 + 1)))
                .ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            _ => value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        return random.Next(2) == 0 ? FilterValue.OfText(text) : FilterValue.TryDate(text)!;
    }
}
