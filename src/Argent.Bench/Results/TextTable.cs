using System.Text;

namespace Argent.Bench;

/// <summary>A Markdown table with columns of equal width; numbers stand at the right.</summary>
sealed class TextTable(params string[] heads)
{
    readonly List<string[]> _lines = [];

    /// <summary>Adds a line with one text for each column.</summary>
    /// <exception cref="ArgumentException">There are more or fewer texts than columns.</exception>
    public void Add(params string[] cells)
    {
        if (cells.Length != heads.Length) throw new ArgumentException($"{cells.Length} texts for {heads.Length} columns.");
        // A bar inside a text would end the column.
        _lines.Add([.. cells.Select(c => c.Replace('|', '/'))]);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        int[] widths = [.. heads.Select((head, c) => Math.Max(3, _lines.Select(l => l[c].Length).Append(head.Length).Max()))];
        bool[] isRight = [.. heads.Select((_, c) => _lines.Count > 0 && _lines.TrueForAll(l => IsNumber(l[c])))];
        Line(heads, widths, isRight, text);
        Line([.. widths.Select((w, c) => isRight[c] ? new string('-', w - 1) + ":" : new string('-', w))], widths, isRight, text);
        foreach (string[] line in _lines) Line(line, widths, isRight, text);
        return text.ToString();
    }

    static void Line(string[] cells, int[] widths, bool[] isRight, StringBuilder text)
    {
        text.Append('|');
        for (int c = 0; c < cells.Length; c++)
        {
            text.Append(' ').Append(isRight[c] ? cells[c].PadLeft(widths[c]) : cells[c].PadRight(widths[c])).Append(" |");
        }
        text.Append('\n');
    }

    static bool IsNumber(string cell) => cell.Length == 0 || char.IsAsciiDigit(cell[^1]);
}
