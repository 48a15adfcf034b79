namespace Argent.Model;

/// <summary>
/// What a recursive-descent parser stands on: the token at hand, the ways to pass it, and how deep the parser is.
/// </summary>
/// <param name="lexer">Where tokens come from.</param>
/// <param name="depthMax">The deepest nesting.</param>
/// <param name="fail">Makes the language's exception.</param>
sealed class TokenReader(Lexer lexer, int depthMax, Func<TextPosition, string, LanguageException> fail)
{
    int _depth;

    /// <summary>The token at hand.</summary>
    public Token Current { get; private set; }

    /// <summary>Where it starts.</summary>
    public TextPosition Position => Current.Position;

    /// <summary>Goes to the next token.</summary>
    public void Advance()
    {
        Current = lexer.Next();
        if (Current.Kind == TokenKind.Invalid) throw fail(Position, Current.Text);
    }

    /// <summary>Passes a keyword if it is at hand.</summary>
    public bool TakeKeyword(string keyword) => Take(Current.IsKeyword(keyword));

    /// <summary>Passes a symbol if it is at hand.</summary>
    public bool TakeSymbol(string symbol) => Take(Current.IsSymbol(symbol));

    /// <summary>Passes a symbol that must be at hand.</summary>
    public void ExpectSymbol(string symbol, string expected)
    {
        if (!TakeSymbol(symbol)) throw Expected(expected);
    }

    /// <summary>Goes one level deeper for something that starts at <paramref name="position"/>.</summary>
    public void Enter(TextPosition position)
    {
        if (++_depth > depthMax) throw fail(position, $"The nesting is more than {depthMax} deep.");
    }

    /// <summary>Comes back from <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    /// <summary>What to throw when the token at hand is the wrong one.</summary>
    public LanguageException Expected(string expected) => fail(Position, $"Expected {expected}, found {Current.Shown}.");

    bool Take(bool matches)
    {
        if (matches) Advance();
        return matches;
    }
}
