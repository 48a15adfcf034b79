namespace Argent.Model;

/// <summary>
/// Cuts a text into tokens, one at a time and in one pass. It never throws: what it cannot read is an
/// <see cref="TokenKind.Invalid"/> token.
/// </summary>
/// <remarks>
/// Formulas subtract, so there a minus is an operator and ends a name; filters have no arithmetic, so there a minus may
/// be part of a name (<c>sub-genre</c>) or start a number.
/// </remarks>
sealed class Lexer(string text, bool minusIsOperator)
{
    static readonly string[] _symbols = ["<=", ">=", "!=", "<", ">", "=", "(", ")", ","];
    static readonly string[] _withArithmetic = [.. _symbols, "+", "-", "*", "/", "^"];

    static readonly (string Wrong, string Right)[] _foreign =
        [("==", "="), ("<>", "!="), ("&&", "AND"), ("||", "OR"), ("!", "NOT"), ("&", "AND"), ("|", "OR")];

    int _at;
    int _line = 1;
    int _lineStart;

    TextPosition Here => new(_line, _at - _lineStart + 1);

    /// <summary>The next token.</summary>
    public Token Next()
    {
        SkipSpace();
        var position = Here;
        if (_at == text.Length) return new(TokenKind.End, "", position);
        char c = text[_at];
        if (IsNameStart(c)) return Name(position);
        if (StartsNumber()) return Number(position);
        if (c is '\'' or '"') return Quoted(c, position);
        return Symbol(position);
    }

    /// <summary>True when a name can be written without quotes in a filter.</summary>
    public static bool IsPlainName(string name) =>
        name.Length > 0 && IsNameStart(name[0]) && name.All(c => IsNamePart(c) || c == '-');

    /// <summary>True when a whole text is one number of a filter.</summary>
    public static bool IsNumber(string text)
    {
        var lexer = new Lexer(text, minusIsOperator: false);
        var token = lexer.Next();
        return token.Kind == TokenKind.Number && token.Text.Length == text.Length;
    }

    static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    void SkipSpace()
    {
        for (; _at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n'; _at++)
        {
            if (text[_at] == '\n') (_line, _lineStart) = (_line + 1, _at + 1);
        }
    }

    Token Name(TextPosition position)
    {
        int start = _at;
        while (_at < text.Length && (IsNamePart(text[_at]) || (!minusIsOperator && text[_at] == '-'))) _at++;
        return new(TokenKind.Name, text[start.._at], position);
    }

    bool StartsNumber()
    {
        int i = _at;
        if (!minusIsOperator && text[i] == '-') i++;
        if (i < text.Length && text[i] == '.') i++;
        return i < text.Length && char.IsAsciiDigit(text[i]);
    }

    Token Number(TextPosition position)
    {
        int start = _at;
        if (text[_at] == '-') _at++;
        SkipDigits();
        if (At('.')) _at++;
        SkipDigits();
        if (At('e') || At('E')) SkipExponent();
        bool runsOn = _at < text.Length && (IsNamePart(text[_at]) || text[_at] is '\'' or '"');
        return runsOn
            ? new(TokenKind.Invalid, $"A number cannot be followed by {Quotation.Shown(text[_at].ToString())}.", position)
            : new(TokenKind.Number, text[start.._at], position);
    }

    void SkipExponent()
    {
        int mark = _at++;
        if (At('+') || At('-')) _at++;
        int digits = _at;
        SkipDigits();
        if (_at == digits) _at = mark;
    }

    void SkipDigits()
    {
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
    }

    bool At(char c) => _at < text.Length && text[_at] == c;

    Token Quoted(char quote, TextPosition position)
    {
        int start = ++_at;
        bool doubled = false;
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '\n') (_line, _lineStart) = (_line + 1, _at + 1);
            if (text[_at] != quote) continue;
            if (_at + 1 == text.Length || text[_at + 1] != quote) return Quoted(quote, position, text[start.._at++], doubled);
            doubled = true;
            _at++;
        }
        string kind = quote == '"' ? "name" : "text";
        return new(TokenKind.Invalid, $"The {kind} that starts here has no closing {quote}.", position);
    }

    static Token Quoted(char quote, TextPosition position, string inside, bool doubled)
    {
        if (!IsUnicode(inside)) return new(TokenKind.Invalid, "The text that starts here is not valid Unicode.", position);
        if (doubled) inside = inside.Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
        return new(quote == '"' ? TokenKind.QuotedName : TokenKind.Text, inside, position);
    }

    /// <summary>Whether every half of a surrogate pair has its other half.</summary>
    static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\ud800', '\udfff') is var at and >= 0)
        {
            text = text[at..];
            if (text.Length < 2 || !char.IsSurrogatePair(text[0], text[1])) return false;
            text = text[2..];
        }
        return true;
    }

    Token Symbol(TextPosition position)
    {
        var rest = text.AsSpan(_at);
        if (!rest.StartsWith("!="))
        {
            foreach (var (wrong, right) in _foreign)
            {
                if (!rest.StartsWith(wrong)) continue;
                return new(TokenKind.Invalid, $"'{wrong}' is not an operator here: write {right}.", position);
            }
        }
        foreach (string symbol in minusIsOperator ? _withArithmetic : _symbols)
        {
            if (!rest.StartsWith(symbol)) continue;
            _at += symbol.Length;
            return new(TokenKind.Symbol, symbol, position);
        }
        char c = rest[0];
        string shown = char.IsControl(c) || char.IsSurrogate(c) ? Quotation.Code(c) : $"'{c}'";
        return new(TokenKind.Invalid, $"The character {shown} has no meaning here.", position);
    }
}
