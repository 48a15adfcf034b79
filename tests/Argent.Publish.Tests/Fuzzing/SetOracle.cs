using System.Globalization;
using System.Numerics;
using Argent.Model;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>
/// What a filter means, said with sets: the items that each comparison is true of, found by asking every item's raw
/// values, and then unions, intersections and complements. It knows filter trees and raw values and nothing else.
/// </summary>
sealed class SetOracle(IReadOnlyList<FuzzFeature> features, int items)
{
    /// <summary>One bit for each item that matches.</summary>
    public ulong[] Matches(FilterExpression filter)
    {
        switch (filter)
        {
            case FilterConstant constant:
                return Where(_ => constant.Value);
            case FilterNot not:
                ulong[] inner = Matches(not.Operand);
                return Combine(Where(_ => true), inner, (all, bits) => all & ~bits);
            case FilterAnd and:
                return and.Operands.Select(Matches).Aggregate((a, b) => Combine(a, b, (x, y) => x & y));
            case FilterOr or:
                return or.Operands.Select(Matches).Aggregate((a, b) => Combine(a, b, (x, y) => x | y));
            default:
                var leaf = (FilterLeaf)filter;
                var feature = features.Single(f => f.Spec.Name == leaf.Feature);
                var isTrueOf = Question(leaf, feature.Spec.Type);
                return Where(item => isTrueOf(feature.Values[item]));
        }
    }

    ulong[] Where(Func<int, bool> isTrueOf)
    {
        ulong[] bits = new ulong[(items + 63) / 64];
        for (int i = 0; i < items; i++) bits[i / 64] |= (isTrueOf(i) ? 1UL : 0) << (i % 64);
        return bits;
    }

    static ulong[] Combine(ulong[] left, ulong[] right, Func<ulong, ulong, ulong> combine) =>
        [.. left.Zip(right, combine)];

    /// <summary>Whether a comparison is true of an item with the values that it is given.</summary>
    static Func<object[], bool> Question(FilterLeaf leaf, FeatureType type)
    {
        switch (leaf)
        {
            case FilterExists:
                return values => values.Length > 0;
            case FilterComparison compared:
                var order = Order(type, compared.Value);
                return values => Array.Exists(values, v => Holds(compared.Operator, order(v)));
            case FilterBetween between:
                var (low, high) = (Order(type, between.Low), Order(type, between.High));
                return values => Array.Exists(values, v => low(v) >= 0 && high(v) <= 0);
            default:
                var member = (FilterMembership)leaf;
                HashSet<object> listed = [.. member.Values.Select(v => Raw(type, v))];
                return member.All
                    ? values => listed.All(v => Array.IndexOf(values, v) >= 0)
                    : values => Array.Exists(values, listed.Contains);
        }
    }

    static bool Holds(FilterOperator comparison, int order) => comparison switch
    {
        FilterOperator.Equal => order == 0,
        FilterOperator.Less => order < 0,
        FilterOperator.LessOrEqual => order <= 0,
        FilterOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>How an item's value stands to the filter's: below 0 when it is less.</summary>
    static Func<object, int> Order(FeatureType type, FilterValue value)
    {
        object raw = Raw(type, value);
        switch (raw)
        {
            case Fraction fraction:
                return v => new BigInteger((long)v) <= fraction.Floor ? -1 : 1;
            case BigInteger beyond:
                return _ => -beyond.Sign;
            case string text:
                return v => string.CompareOrdinal((string)v, text);
            default:
                var comparable = (IComparable)raw;
                return v => -comparable.CompareTo(v);
        }
    }

    /// <summary>A filter's value as an item would hold it; of another type when no item can hold it.</summary>
    static object Raw(FeatureType type, FilterValue value) => type switch
    {
        FeatureType.Integer => Integer(value.Text),
        FeatureType.Number => double.Parse(value.Text, CultureInfo.InvariantCulture),
        FeatureType.Date => DateTimeOffset.Parse(value.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        _ => value.Text,
    };

    /// <summary>A decimal number as a long, a BigInteger beyond it, or a fraction between two integers.</summary>
    static object Integer(string text)
    {
        string[] parts = text.ToUpperInvariant().Split('E');
        string[] digits = parts[0].Split('.');
        string decimals = digits.Length == 2 ? digits[1] : "";
        int exponent = (parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - decimals.Length;
        var number = BigInteger.Parse(digits[0] + decimals, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent >= 0) number *= BigInteger.Pow(10, exponent);
        else
        {
            var divisor = BigInteger.Pow(10, -exponent);
            var rest = BigInteger.Remainder(number, divisor);
            if (!rest.IsZero) return new Fraction((number - (rest.Sign < 0 ? rest + divisor : rest)) / divisor);
            number /= divisor;
        }
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    /// <summary>A number between an integer and the next.</summary>
    sealed record Fraction(BigInteger Floor);
}
