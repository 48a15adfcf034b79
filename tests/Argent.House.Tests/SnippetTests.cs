using System.Text.RegularExpressions;

namespace Argent.House.Tests;

/// <summary>
/// Code in a page is code that a test runs. A block is preceded by <c>&lt;!-- code: PATH --&gt;</c>, or by
/// <c>&lt;!-- code: PATH#NAME --&gt;</c> for the lines between <c>// snippet: NAME</c> and <c>// end of snippet</c>.
/// </summary>
public sealed partial class SnippetTests
{
    [Fact]
    public void Code_in_pages_equals_code_in_tests() => Breaches.AssertNone(
        "A page's code differs from the test's; copy the test's.",
        Pages().SelectMany(page => Block().Matches(File.ReadAllText(page))
            .Where(m => m.Groups["code"].Value != Source(m.Groups["path"].Value, m.Groups["name"].Value))
            .Select(m => $"{Path.GetRelativePath(Repository.Root, page)}: {m.Groups["path"].Value}")));

    [Fact]
    public void Every_program_in_the_readme_is_run_by_a_test()
    {
        string readme = Repository.Read("README.md");
        int programs = Fence().Count(readme);
        Assert.True(programs >= 1, "The README has an example in C#.");
        Assert.Equal(programs, Block().Matches(readme).Count(m => m.Groups["language"].Value == "csharp"));
    }

    [Fact]
    public void The_readme_is_short() => Assert.True(Repository.Read("README.md").Split('\n').Length < 200);

    [Fact]
    public void Links_between_pages_lead_somewhere() => Breaches.AssertNone(
        "A page links to a file that does not exist.",
        Pages().SelectMany(page => Link().Matches(File.ReadAllText(page))
            .Select(m => m.Groups["to"].Value.Split('#')[0])
            .Where(to => to.Length > 0 && !to.Contains(':', StringComparison.Ordinal))
            .Where(to => !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, to)))
            .Select(to => $"{Path.GetRelativePath(Repository.Root, page)}: {to}")));

    static IEnumerable<string> Pages() => Directory.EnumerateFiles(Repository.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));

    static string Source(string path, string name)
    {
        string text = Repository.Read(path);
        if (name.Length == 0) return text;
        var lines = text.Split('\n').SkipWhile(l => l.Trim() != "// snippet: " + name).Skip(1)
            .TakeWhile(l => l.Trim() != "// end of snippet").ToList();
        int indent = lines.Where(l => l.Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Concat(lines.Select(l => (l.Length > indent ? l[indent..] : "") + "\n"));
    }

    [GeneratedRegex(@"<!-- code: (?<path>[^#\s]+)(#(?<name>\S+))? -->\n```(?<language>\w+)\n(?<code>.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^```csharp$", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();
}
