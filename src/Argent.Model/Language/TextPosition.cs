using System.Globalization;

namespace Argent.Model;

/// <summary>A place in a text: line and column from 1; a column is one UTF-16 unit.</summary>
public readonly record struct TextPosition(int Line, int Column)
{
    /// <summary>The first character.</summary>
    public static TextPosition Start { get; } = new(1, 1);

    /// <summary>For example <c>line 1, column 12</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}");
}
