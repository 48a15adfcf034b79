using System.Globalization;

namespace Argent.Model;

/// <summary>The kinds of values that a filter can name.</summary>
public enum FilterValueKind
{
    /// <summary>A text in single quotes.</summary>
    Text,

    /// <summary>A number that fits int64, without a decimal point or exponent.</summary>
    Integer,

    /// <summary>Any other number: a finite float64.</summary>
    Decimal,

    /// <summary>A moment: DATE and a text.</summary>
    Date,
}

/// <summary>A value in a filter. Two are equal when kind and text are; where they stand does not matter.</summary>
public sealed record FilterValue
{
    FilterValue(FilterValueKind kind, string text) => (Kind, Text) = (kind, text);

    /// <summary>What it is.</summary>
    public FilterValueKind Kind { get; }

    /// <summary>The text between the quotes, or the number as written.</summary>
    public string Text { get; }

    /// <summary>Where it stands.</summary>
    public TextPosition Position { get; init; } = TextPosition.Start;

    /// <summary>A text.</summary>
    public static FilterValue OfText(string text) => new(FilterValueKind.Text, text);

    /// <summary>An integer.</summary>
    public static FilterValue Of(long number) => new(FilterValueKind.Integer, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A moment as ISO 8601, or null for a text that is none.</summary>
    public static FilterValue? TryDate(string text) =>
        IsoDate.TryParse(text, out _) ? new(FilterValueKind.Date, text) : null;

    /// <summary>A number as written, or null when it is outside int64 (an integer) or float64 (any other).</summary>
    public static FilterValue? TryNumber(string text)
    {
        bool isDecimal = text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0;
        if (!isDecimal) return TryInteger(text, out _) ? new(FilterValueKind.Integer, text) : null;
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        return isNumber && double.IsFinite(number) ? new(FilterValueKind.Decimal, text) : null;
    }

    /// <summary>What is wrong with a number that <see cref="TryNumber"/> refuses.</summary>
    internal static string TooLarge(string number) =>
        $"The number {Quotation.Cut(number)} is too large: an integer fits 64 bits, any other a float64.";

    /// <summary>The value of an integer.</summary>
    public long AsInteger => long.Parse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The nearest float64 of an integer or decimal.</summary>
    public double AsNumber => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>As it is written in a filter.</summary>
    public override string ToString() => Kind switch
    {
        FilterValueKind.Text => Quoted(Text),
        FilterValueKind.Date => "DATE " + Quoted(Text),
        _ => Text,
    };

    /// <inheritdoc/>
    public bool Equals(FilterValue? other) => other is not null && Kind == other.Kind && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Text);

    static bool TryInteger(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
