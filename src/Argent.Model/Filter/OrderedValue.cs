using System.Globalization;

namespace Argent.Model;

/// <summary>
/// A value of a filter on the axis of an ordered feature's keys: at a key, or between <see cref="Floor"/> and the next.
/// Wider than int64, because 1e30 is a fair bound for an integer feature.
/// </summary>
readonly record struct OrderedValue(Int128 Floor, bool IsKey)
{
    /// <summary>The place of a value among the keys of a feature.</summary>
    /// <exception cref="FilterException">The value has the wrong type.</exception>
    public static OrderedValue Read(FeatureSpec spec, FilterValue value) => spec.Type switch
    {
        FeatureType.Date => new(Date(spec, value), true),
        FeatureType.Integer when value.Kind == FilterValueKind.Integer => new(value.AsInteger, true),
        FeatureType.Integer when value.Kind == FilterValueKind.Decimal => Integer(value),
        FeatureType.Number when value.Kind is FilterValueKind.Integer or FilterValueKind.Decimal =>
            new(OrderedKey.FromNumber(value.AsNumber), true),
        _ => throw FilterResolver.WrongType(spec, value, "a number without quotes"),
    };

    /// <summary>Digit by digit: neither a float64 nor a decimal holds every number that a text can write.</summary>
    static OrderedValue Integer(FilterValue value)
    {
        // More digits than int64 has are beyond it, whatever they are.
        const int DigitsMax = 25;
        string text = value.Text;
        bool isNegative = text[0] == '-';
        int e = text.IndexOfAny(['e', 'E']), end = e < 0 ? text.Length : e, start = isNegative ? 1 : 0;
        int point = text.AsSpan(start, end - start).IndexOf('.');
        string digits = text[start..end].Replace(".", "", StringComparison.Ordinal);
        long whole = (point < 0 ? digits.Length : point) + (e < 0 ? 0 : Exponent(text.AsSpan(e + 1)));
        int split = (int)Math.Clamp(whole, 0, digits.Length + DigitsMax);
        Int128 floor = 0;
        for (int i = 0; i < split && floor < (Int128)ulong.MaxValue; i++) floor = floor * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        bool isKey = split >= digits.Length || !digits.AsSpan(split).ContainsAnyExcept('0');
        return new(isNegative ? isKey ? -floor : -floor - 1 : floor, isKey);
    }

    // An exponent beyond any text's length leaves no digit before the point, or many zeros.
    static long Exponent(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent)
            ? exponent
            : text[0] == '-' ? int.MinValue : int.MaxValue;

    static long Date(FeatureSpec spec, FilterValue value)
    {
        if (value.Kind is FilterValueKind.Integer or FilterValueKind.Decimal)
        {
            throw FilterResolver.WrongType(spec, value, "DATE '2024-01-31'");
        }
        return IsoDate.TryParse(value.Text, out long seconds)
            ? seconds
            : throw new FilterException(value.Position, $"{Quotation.Shown(value.Text)} is not a date: {IsoDate.Expected}.");
    }
}

/// <summary>The keys from Low to High, both included; the key of a missing value is never among them.</summary>
readonly record struct OrderedBounds(long Low, long High)
{
    const long Lowest = OrderedKey.Missing + 1;

    public bool IsEmpty => Low > High;

    /// <summary>The keys for which a comparison with a value is true.</summary>
    public static OrderedBounds Of(FilterOperator comparison, OrderedValue value)
    {
        Int128 floor = value.Floor, ceiling = value.IsKey ? floor : floor + 1;
        return comparison switch
        {
            FilterOperator.Equal => Between(ceiling, floor),
            FilterOperator.Less => Between(Lowest, ceiling - 1),
            FilterOperator.LessOrEqual => Between(Lowest, floor),
            FilterOperator.Greater => Between(floor + 1, long.MaxValue),
            _ => Between(ceiling, long.MaxValue),
        };
    }

    /// <summary>The keys in both.</summary>
    public OrderedBounds And(OrderedBounds other) =>
        IsEmpty ? this : other.IsEmpty ? other : new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    static OrderedBounds Between(Int128 low, Int128 high)
    {
        if (low > high || low > long.MaxValue || high < Lowest) return new(Lowest, long.MinValue);
        return new((long)Int128.Max(low, Lowest), (long)Int128.Min(high, long.MaxValue));
    }
}
