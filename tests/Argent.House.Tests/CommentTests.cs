using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Argent.House.Tests;

public sealed partial class CommentTests
{
    [Fact]
    public void Every_public_type_says_what_it_is() => Breaches.AssertNone(
        "A public type has one sentence of documentation that says what it is.",
        Repository.Sources
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                .Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword) && !IsDocumented(type))
                .Where(type => !type.Modifiers.Any(SyntaxKind.PartialKeyword))
                .Select(type => $"{file.Place(type.GetLocation())}: {type.Identifier.Text}")));

    [Fact]
    public void No_comment_is_a_banner() => Breaches.AssertNone(
        "Comments are sentences; lines of signs and #region divide what should be two files.",
        Matches(comment => Banner().IsMatch(comment)).Concat(Repository.Sources.SelectMany(file => file.Syntax
            .DescendantTrivia().Where(t => t.IsKind(SyntaxKind.RegionDirectiveTrivia))
            .Select(t => $"{file.Place(t.GetLocation())}: #region"))));

    [Fact]
    public void No_comment_is_a_promise() => Breaches.AssertNone(
        "What is not built is absent, or refuses with a sentence; it is not a comment.",
        Matches(comment => Promise().IsMatch(comment)));

    [Fact]
    public void No_comment_is_code() => Breaches.AssertNone(
        "Code that is not needed is deleted.",
        Matches(comment => Code().IsMatch(comment)));

    [Fact]
    public void No_file_starts_with_a_licence() => Breaches.AssertNone(
        "The licence is in LICENSE, once.",
        Repository.Sources.Where(f => f.Lines[0].TrimStart() is ['/', '/' or '*', ..]).Select(f => f.Path));

    static IEnumerable<string> Matches(Func<string, bool> isBreach) => Repository.Sources.SelectMany(file => file.Syntax
        .DescendantTrivia()
        .Where(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia))
        .Where(t => isBreach(t.ToString()))
        .Select(t => $"{file.Place(t.GetLocation())}: {t.ToString().Split('\n')[0]}"));

    static bool IsDocumented(SyntaxNode type) =>
        type.GetLeadingTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia));

    [GeneratedRegex(@"[-=*/#~_]{5,}")]
    private static partial Regex Banner();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Promise();

    [GeneratedRegex(@"^//\s*(var |return |if \(|for \(|foreach \(|using |\w+\(.*\);$|\w+ = .*;$|[{}]\s*$)")]
    private static partial Regex Code();
}
