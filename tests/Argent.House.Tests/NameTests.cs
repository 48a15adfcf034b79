using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Argent.House.Tests;

public sealed class NameTests
{
    static readonly string[] _emptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Impl", "Base"];

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => Breaches.AssertNone(
        $"A type is called after what it is; no name ends in {string.Join(", ", _emptyWords)}.",
        Repository.Sources.SelectMany(file => file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Where(type => _emptyWords.Any(w => type.Identifier.Text.EndsWith(w, StringComparison.Ordinal)))
            .Select(type => $"{file.Place(type.GetLocation())}: {type.Identifier.Text}")));

    [Fact]
    public void A_file_with_one_type_is_called_after_it() => Breaches.AssertNone(
        "A file that holds one type has its name; what follows a dot names a variant.",
        Repository.Sources
            .Select(file => (file.Path, Types: Declared(file)))
            .Where(f => f.Types.Count == 1 && !BareName(f.Path).StartsWith(f.Types[0], StringComparison.Ordinal))
            .Select(f => $"{f.Path}: {f.Types[0]}"));

    [Fact]
    public void Every_namespace_is_its_project() => Breaches.AssertNone(
        "A file's namespace is its project's name; folders are for readers, not for names.",
        Repository.Sources
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal))
            .Select(file => (file.Path, Name: Namespace(file)))
            .Where(f => f.Name is not null && f.Name != f.Path.Split('/')[1])
            .Select(f => $"{f.Path}: {f.Name}"));

    static string BareName(string path) =>
        Path.GetFileNameWithoutExtension(path).Replace(".", "", StringComparison.Ordinal);

    static string? Namespace(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    static List<string> Declared(SourceFile file) =>
    [
        .. file.Syntax.ChildNodes().Concat(file.Syntax.ChildNodes().OfType<BaseNamespaceDeclarationSyntax>()
                .SelectMany(n => n.Members))
            .Select(m => m switch
            {
                BaseTypeDeclarationSyntax type => type.Identifier.Text,
                DelegateDeclarationSyntax type => type.Identifier.Text,
                _ => null,
            })
            .OfType<string>(),
    ];
}
