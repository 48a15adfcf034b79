using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Argent.House.Tests;

/// <summary>The project's own files, as the tests of the house read them.</summary>
static class Repository
{
    static readonly Lazy<IReadOnlyList<SourceFile>> _sources = new(() => [.. CodeFiles("src").Concat(CodeFiles("tests"))]);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file of src and tests.</summary>
    public static IReadOnlyList<SourceFile> Sources => _sources.Value;

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The project files of src, by project name.</summary>
    public static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    static IEnumerable<SourceFile> CodeFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(Path.GetRelativePath(Root, path), File.ReadAllText(path)));

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Argent.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Argent.slnx.");
    }
}

/// <summary>One C# file: its path from the root, its text, its lines and its syntax.</summary>
sealed class SourceFile(string path, string text)
{
    static readonly CSharpParseOptions _options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    /// <summary>Path from the root, with forward slashes.</summary>
    public string Path { get; } = path.Replace('\\', '/');

    /// <summary>Lines, without their ends.</summary>
    public IReadOnlyList<string> Lines => field ??= text.TrimEnd('\n').Split('\n');

    /// <summary>The syntax tree's root.</summary>
    public SyntaxNode Syntax => field ??= CSharpSyntaxTree.ParseText(text, _options).GetRoot();

    /// <summary>Path and line of a place in the file, for a failing test's message.</summary>
    public string Place(Location location) => $"{Path}:{location.GetLineSpan().StartLinePosition.Line + 1}";
}
