using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Argent.House.Tests;

public sealed class SizeTests
{
    const int FileLinesMax = 500;
    const int FunctionLinesMax = 70;
    const int LineCharactersMax = 140;

    [Fact]
    public void Files_are_short() => Breaches.AssertNone(
        $"A file has {FileLinesMax} lines at most; 60 to 200 are the aim. Divide it by subject.",
        Repository.Sources.Where(f => f.Lines.Count > FileLinesMax).Select(f => $"{f.Path}: {f.Lines.Count} lines"));

    [Fact]
    public void Functions_are_short() => Breaches.AssertNone(
        $"A function has {FunctionLinesMax} lines at most. Give its parts names.",
        Repository.Sources.SelectMany(file => file.Syntax.DescendantNodes()
            .Where(IsFunction)
            .Select(node => (Node: node, Lines: LineCount(node)))
            .Where(f => f.Lines > FunctionLinesMax)
            .Select(f => $"{file.Place(f.Node.GetLocation())}: {f.Lines} lines")));

    [Fact]
    public void Lines_are_short() => Breaches.AssertNone(
        $"A line has {LineCharactersMax} characters at most; 120 are the aim.",
        Repository.Sources.SelectMany(file => file.Lines
            .Select((line, i) => (line.Length, Number: i + 1))
            .Where(l => l.Length > LineCharactersMax)
            .Select(l => $"{file.Path}:{l.Number}: {l.Length} characters")));

    static bool IsFunction(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            or AnonymousFunctionExpressionSyntax;

    static int LineCount(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
