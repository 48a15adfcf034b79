namespace Argent.Model.Tests;

/// <summary>The tables of a page in docs, so that tests can run its examples.</summary>
sealed class MarkdownPage
{
    readonly string[] _lines;

    MarkdownPage(string path) => _lines = File.ReadAllLines(path);

    /// <summary>A page of the project's docs folder, found from the test's own folder upwards.</summary>
    public static MarkdownPage Open(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", name);
            if (File.Exists(path)) return new MarkdownPage(path);
        }
        throw new FileNotFoundException($"No docs/{name} above {AppContext.BaseDirectory}.");
    }

    /// <summary>The rows, without the heading, of every table whose heading starts with these cells; code marks are taken off.</summary>
    public List<string[]> Rows(params string[] heading)
    {
        var rows = new List<string[]>();
        for (int i = 0; i < _lines.Length; i++)
        {
            if (!_lines[i].StartsWith('|') || !Cells(_lines[i]).Take(heading.Length).SequenceEqual(heading)) continue;
            for (i += 2; i < _lines.Length && _lines[i].StartsWith('|'); i++) rows.Add(Cells(_lines[i]));
        }
        Assert.NotEmpty(rows);
        return rows;
    }

    /// <summary>The first block of code in a language.</summary>
    public string Block(string language)
    {
        var lines = _lines.SkipWhile(l => l != "```" + language).Skip(1).TakeWhile(l => l != "```").ToList();
        Assert.NotEmpty(lines);
        return string.Join('\n', lines);
    }

    static string[] Cells(string line) =>
        [.. line.Replace(@"\|", "\0", StringComparison.Ordinal).Split('|')[1..^1].Select(c => c.Replace('\0', '|').Trim().Trim('`'))];
}
