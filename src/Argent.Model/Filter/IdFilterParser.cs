using System.Globalization;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Recursive descent over one line: or = and { OR and }; and = not { AND not }; not = NOT not | ( or ) | number : number.
/// </summary>
sealed class IdFilterParser(string text, int line)
{
    readonly List<(long Feature, long Value)> _terms = [];
    int _at;
    int _depth;

    public IdFilter Parse()
    {
        SkipSpace();
        if (_at == text.Length) return new IdFilter([FilterProgram.All], []);
        var root = Or();
        if (_at < text.Length) throw Expected("AND, OR or the end");
        return new IdFilter(root.ToArray(), [.. _terms]);
    }

    PostfixNode Or()
    {
        var operands = new List<PostfixNode> { And() };
        while (Take("OR", '|')) operands.Add(And());
        return PostfixNode.Group(FilterProgram.Or, operands);
    }

    PostfixNode And()
    {
        var operands = new List<PostfixNode> { Not() };
        while (Take("AND", '&')) operands.Add(Not());
        return PostfixNode.Group(FilterProgram.And, operands);
    }

    PostfixNode Not()
    {
        int start = _at;
        if (Take("NOT", '!'))
        {
            Enter(start);
            var operand = Not();
            _depth--;
            return PostfixNode.Not(operand);
        }
        if (!TakeSymbol('(')) return Term();
        Enter(start);
        var inside = Or();
        if (!TakeSymbol(')')) throw Expected("AND, OR or ')'");
        _depth--;
        return inside;
    }

    PostfixNode Term()
    {
        if (_terms.Count == FilterLimits.LeavesMax) throw Fail(_at, $"A filter has at most {FilterLimits.LeavesMax} terms.");
        long feature = Number("a term such as 1:100, NOT or '('");
        if (!TakeSymbol(':')) throw Expected("':' and a value");
        _terms.Add((feature, Number("a value")));
        return PostfixNode.Leaf(_terms.Count - 1);
    }

    long Number(string expected)
    {
        int start = _at;
        if (_at < text.Length && text[_at] == '-') _at++;
        int digits = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        if (_at == digits)
        {
            _at = start;
            throw Expected(expected);
        }
        var written = text.AsSpan(start, _at - start);
        if (!long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            throw Fail(start, $"{Quotation.Cut(written.ToString())} does not fit a 64-bit integer.");
        }
        SkipSpace();
        return number;
    }

    /// <summary>Passes a word in any case, or its symbol once or twice.</summary>
    bool Take(string word, char symbol)
    {
        if (TakeSymbol(symbol))
        {
            if (symbol != '!') TakeSymbol(symbol);
            return true;
        }
        int end = _at + word.Length;
        bool found = end <= text.Length
            && text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end]));
        if (!found) return false;
        _at = end;
        SkipSpace();
        return true;
    }

    bool TakeSymbol(char symbol)
    {
        if (_at == text.Length || text[_at] != symbol) return false;
        _at++;
        SkipSpace();
        return true;
    }

    void SkipSpace()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
    }

    void Enter(int start)
    {
        if (++_depth > FilterLimits.DepthMax) throw Fail(start, $"The nesting is more than {FilterLimits.DepthMax} deep.");
    }

    FilterException Expected(string expected)
    {
        string found = _at == text.Length ? "the end" : Quotation.Shown(text[_at].ToString());
        return Fail(_at, $"Expected {expected}, found {found}.");
    }

    FilterException Fail(int at, string reason) => new(new TextPosition(line, at + 1), reason);
}
