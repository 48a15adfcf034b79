namespace Argent.Model;

/// <summary>The filter language: text in, tree out. The grammar is in docs/filter-language.md.</summary>
public static class FilterLanguage
{
    static readonly HashSet<string> _reserved =
        new(["AND", "OR", "NOT", "IN", "BETWEEN", "HAS", "EXISTS", "TRUE", "FALSE"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The tree of a filter. Empty text is TRUE; a text that starts with a brace is the JSON form of <see cref="FilterJson"/>.
    /// </summary>
    /// <exception cref="FilterException">The text is no filter or passes one of <see cref="FilterLimits"/>.</exception>
    public static FilterExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > FilterLimits.LengthMax)
        {
            throw new FilterException(TextPosition.Start,
                $"The filter has {text.Length} characters; the limit is {FilterLimits.LengthMax}.");
        }
        if (string.IsNullOrWhiteSpace(text)) return FilterExpression.True;
        return text.AsSpan().TrimStart()[0] == '{' ? FilterJson.Parse(text) : new FilterParser(text).Parse();
    }

    /// <summary>True for a word that names a feature only in double quotes.</summary>
    internal static bool IsReserved(string word) => _reserved.Contains(word);
}
