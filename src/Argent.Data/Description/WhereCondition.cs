using System.Globalization;

namespace Argent.Data;

/// <summary>
/// Which rows of an event file count: comparisons of a column with a number or a text in single quotes, joined by AND, such
/// as <c>rating >= 4 AND kind = 'book'</c>. Column names with spaces go in double quotes. An empty cell meets no comparison.
/// </summary>
sealed class WhereCondition
{
    static readonly string[] _operators = ["<=", ">=", "!=", "=", "<", ">"];

    readonly Comparison[] _comparisons;

    WhereCondition(Comparison[] comparisons) => _comparisons = comparisons;

    sealed record Comparison(string Column, string Operator, string? Text, double Number);

    /// <summary>The columns that the condition reads, in its order.</summary>
    public IEnumerable<string> Columns => _comparisons.Select(c => c.Column);

    /// <summary>Reads a condition.</summary>
    /// <exception cref="FormatException">The text is not a condition; the message names the position, from 1.</exception>
    public static WhereCondition Parse(string text)
    {
        var comparisons = new List<Comparison>();
        int at = 0;
        while (true)
        {
            string column = Word(text, ref at, "a column name");
            string sign = Operator(text, ref at);
            comparisons.Add(Value(text, ref at, column, sign));
            SkipSpace(text, ref at);
            if (at == text.Length) return new WhereCondition([.. comparisons]);
            int start = at;
            string joint = Word(text, ref at, "AND");
            if (!joint.Equals("AND", StringComparison.OrdinalIgnoreCase)) throw Unexpected(text, start, "AND or the end");
        }
    }

    /// <summary>True when a row with these cells, parallel to <see cref="Columns"/>, counts.</summary>
    /// <exception cref="BadRowException">A cell that is compared with a number is none.</exception>
    public bool Accepts(ReadOnlySpan<string> cells)
    {
        for (int i = 0; i < _comparisons.Length; i++)
        {
            if (!Holds(_comparisons[i], cells[i].Trim())) return false;
        }
        return true;
    }

    static bool Holds(Comparison comparison, string cell)
    {
        if (cell.Length == 0) return false;
        if (comparison.Text is { } text) return (cell == text) == (comparison.Operator == "=");
        double value = CellParser.Number(cell, comparison.Column);
        return comparison.Operator switch
        {
            "=" => value == comparison.Number,
            "!=" => value != comparison.Number,
            "<" => value < comparison.Number,
            "<=" => value <= comparison.Number,
            ">" => value > comparison.Number,
            _ => value >= comparison.Number,
        };
    }

    static string Operator(string text, ref int at)
    {
        SkipSpace(text, ref at);
        foreach (string sign in _operators)
        {
            if (string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0) continue;
            at += sign.Length;
            return sign;
        }
        throw Unexpected(text, at, "one of = != < <= > >=");
    }

    static Comparison Value(string text, ref int at, string column, string sign)
    {
        SkipSpace(text, ref at);
        int start = at;
        if (at < text.Length && text[at] == '\'')
        {
            string value = Quoted(text, ref at, '\'');
            if (sign is "=" or "!=") return new Comparison(column, sign, value, 0);
            throw new FormatException($"a text can only be compared with = and !=, not with {sign} (position {start + 1})");
        }
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '+' or '-' or '.')) at++;
        if (!double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            throw Unexpected(text, start, "a number, or a text in single quotes");
        }
        return new Comparison(column, sign, null, number);
    }

    static string Word(string text, ref int at, string expected)
    {
        SkipSpace(text, ref at);
        if (at < text.Length && text[at] == '"') return Quoted(text, ref at, '"');
        int start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.' or '/')) at++;
        return at > start ? text[start..at] : throw Unexpected(text, start, expected);
    }

    /// <summary>A quoted text; the quote itself is written twice.</summary>
    static string Quoted(string text, ref int at, char quote)
    {
        int start = at++;
        while (true)
        {
            int end = text.IndexOf(quote, at);
            if (end < 0) throw new FormatException($"the quote at position {start + 1} is never closed");
            at = end + 1;
            if (at == text.Length || text[at] != quote)
            {
                return text[(start + 1)..end].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
            }
            at++;
        }
    }

    static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    static FormatException Unexpected(string text, int at, string expected) => at >= text.Length
        ? new($"the condition ends where {expected} is expected")
        : new($"'{text[at]}' at position {at + 1} where {expected} is expected");
}
