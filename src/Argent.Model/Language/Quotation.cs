using System.Text;

namespace Argent.Model;

/// <summary>Foreign text inside a message: short, on one line and without control characters.</summary>
static class Quotation
{
    /// <summary>The most characters of a foreign text that a message repeats.</summary>
    public const int LengthMax = 40;

    /// <summary>The text in single quotes.</summary>
    public static string Shown(string text) => $"'{Cut(text)}'";

    /// <summary>The text without quotes.</summary>
    public static string Cut(string text)
    {
        var shown = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LengthMax)))
        {
            // A lone half of a surrogate pair cannot be written as UTF-8; a cut may leave one.
            if (char.IsControl(c) || char.IsSurrogate(c)) shown.Append(Code(c));
            else shown.Append(c);
        }
        return text.Length > LengthMax ? shown.Append("...").ToString() : shown.ToString();
    }

    /// <summary>For example <c>U+0007</c>.</summary>
    public static string Code(char c) => $"U+{(int)c:X4}";
}
