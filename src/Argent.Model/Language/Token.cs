namespace Argent.Model;

/// <summary>The kinds of tokens.</summary>
enum TokenKind
{
    /// <summary>After the last token.</summary>
    End,

    /// <summary>A name without quotes, which may be a keyword.</summary>
    Name,

    /// <summary>A name in double quotes, never a keyword.</summary>
    QuotedName,

    /// <summary>A text in single quotes.</summary>
    Text,

    /// <summary>A number as written.</summary>
    Number,

    /// <summary>An operator, bracket or comma.</summary>
    Symbol,

    /// <summary>Nothing that the language knows; the text says why.</summary>
    Invalid,
}

/// <summary>One word of a filter or formula.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, without quotes; why it is not understood, for an invalid token.</param>
/// <param name="Position">Where it starts.</param>
readonly record struct Token(TokenKind Kind, string Text, TextPosition Position)
{
    /// <summary>True for this symbol.</summary>
    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>True for this keyword, in any case.</summary>
    public bool IsKeyword(string keyword) =>
        Kind == TokenKind.Name && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>How an error message names the token.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Text => $"the text {Quotation.Shown(Text)}",
        TokenKind.Number => $"the number {Quotation.Cut(Text)}",
        _ => Quotation.Shown(Text),
    };
}
