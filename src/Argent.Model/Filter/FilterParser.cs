namespace Argent.Model;

/// <summary>Recursive descent over one filter: one method per line of the grammar.</summary>
sealed class FilterParser
{
    const string Comparisons = "=, !=, <, <=, >, >=, IN, NOT IN, BETWEEN, HAS ANY or HAS ALL";

    readonly Lexer _lexer;
    Token _token;
    int _depth;
    int _leaves;

    public FilterParser(string text)
    {
        _lexer = new Lexer(text, minusIsOperator: false);
        Advance();
    }

    public FilterExpression Parse()
    {
        var filter = Or();
        return _token.Kind == TokenKind.End ? filter : throw Expected("AND, OR or the end");
    }

    FilterExpression Or()
    {
        var position = _token.Position;
        var operands = new List<FilterExpression> { And() };
        while (TakeKeyword("OR")) operands.Add(And());
        return operands.Count == 1 ? operands[0] : new FilterOr(operands) { Position = position };
    }

    FilterExpression And()
    {
        var position = _token.Position;
        var operands = new List<FilterExpression> { Not() };
        while (TakeKeyword("AND")) operands.Add(Not());
        return operands.Count == 1 ? operands[0] : new FilterAnd(operands) { Position = position };
    }

    FilterExpression Not()
    {
        var position = _token.Position;
        if (!TakeKeyword("NOT")) return Primary();
        Enter(position);
        var filter = new FilterNot(Not()) { Position = position };
        _depth--;
        return filter;
    }

    FilterExpression Primary()
    {
        var position = _token.Position;
        if (TakeSymbol("("))
        {
            Enter(position);
            var inside = Or();
            ExpectSymbol(")", "AND, OR or ')'");
            _depth--;
            return inside;
        }
        if (TakeKeyword("TRUE")) return new FilterConstant(true) { Position = position };
        if (TakeKeyword("FALSE")) return new FilterConstant(false) { Position = position };
        if (++_leaves > FilterLimits.LeavesMax) throw Fail(position, $"A filter has at most {FilterLimits.LeavesMax} comparisons.");
        if (!TakeKeyword("EXISTS")) return Comparison(Feature("a feature, NOT, EXISTS or '('"), position);
        ExpectSymbol("(", "'('");
        string feature = Feature("a feature");
        ExpectSymbol(")", "')'");
        return new FilterExists(feature) { Position = position };
    }

    FilterExpression Comparison(string feature, TextPosition position)
    {
        if (_token.Kind == TokenKind.Symbol && Operator(_token.Text) is { } compared)
        {
            bool negated = _token.Text == "!=";
            Advance();
            return Negated(negated, new FilterComparison(feature, compared, Value()) { Position = position });
        }
        if (TakeKeyword("HAS"))
        {
            bool all = TakeKeyword("ALL");
            if (!all && !TakeKeyword("ANY")) throw Expected("ANY or ALL");
            return Membership(feature, all, position);
        }
        bool not = TakeKeyword("NOT");
        if (TakeKeyword("IN")) return Negated(not, Membership(feature, all: false, position));
        if (TakeKeyword("BETWEEN")) return Negated(not, Between(feature, position));
        throw Expected(not ? "IN or BETWEEN" : $"{Comparisons} after {Quotation.Shown(feature)}");
    }

    static FilterOperator? Operator(string symbol) => symbol switch
    {
        "=" or "!=" => FilterOperator.Equal,
        "<" => FilterOperator.Less,
        "<=" => FilterOperator.LessOrEqual,
        ">" => FilterOperator.Greater,
        ">=" => FilterOperator.GreaterOrEqual,
        _ => null,
    };

    static FilterExpression Negated(bool negated, FilterLeaf leaf) =>
        negated ? new FilterNot(leaf) { Position = leaf.Position } : leaf;

    FilterBetween Between(string feature, TextPosition position)
    {
        var low = Value();
        if (!TakeKeyword("AND")) throw Expected("AND and the highest value of BETWEEN");
        return new FilterBetween(feature, low, Value()) { Position = position };
    }

    FilterMembership Membership(string feature, bool all, TextPosition position)
    {
        ExpectSymbol("(", "'(' and a list of values");
        var values = new List<FilterValue>();
        if (all || !_token.IsSymbol(")"))
        {
            do values.Add(Value());
            while (TakeSymbol(","));
        }
        ExpectSymbol(")", "',' or ')'");
        return new FilterMembership(feature, values, all) { Position = position };
    }

    string Feature(string expected)
    {
        bool plain = _token.Kind == TokenKind.Name && !FilterLanguage.IsReserved(_token.Text);
        if (!plain && _token.Kind != TokenKind.QuotedName) throw Expected(expected);
        string name = _token.Text;
        Advance();
        return name;
    }

    FilterValue Value()
    {
        var token = _token;
        if (token.Kind == TokenKind.QuotedName)
        {
            throw Fail(token.Position, $"A text value is written in single quotes; {token.Shown} in double quotes is a feature's name.");
        }
        var position = token.Position;
        bool date = TakeKeyword("DATE");
        if (date) token = _token;
        if (token.Kind is not TokenKind.Text && (date || token.Kind is not TokenKind.Number))
        {
            throw Expected(date ? "a date in single quotes" : "a value (a number, or a text in single quotes)");
        }
        Advance();
        return Read(token, date) with { Position = position };
    }

    static FilterValue Read(Token token, bool date)
    {
        if (date)
        {
            return FilterValue.TryDate(token.Text)
                ?? throw Fail(token.Position, $"{Quotation.Shown(token.Text)} is not a date: {IsoDate.Expected}.");
        }
        if (token.Kind == TokenKind.Text) return FilterValue.OfText(token.Text);
        return FilterValue.TryNumber(token.Text)
            ?? throw Fail(token.Position, $"The number {Quotation.Cut(token.Text)} is too large: an integer fits 64 bits, any other a float64.");
    }

    void Enter(TextPosition position)
    {
        if (++_depth > FilterLimits.DepthMax)
        {
            throw Fail(position, $"Parentheses and NOTs are nested more than {FilterLimits.DepthMax} deep.");
        }
    }

    void Advance()
    {
        _token = _lexer.Next();
        if (_token.Kind == TokenKind.Invalid) throw Fail(_token.Position, _token.Text);
    }

    bool TakeKeyword(string keyword) => Take(_token.IsKeyword(keyword));

    bool TakeSymbol(string symbol) => Take(_token.IsSymbol(symbol));

    bool Take(bool matches)
    {
        if (matches) Advance();
        return matches;
    }

    void ExpectSymbol(string symbol, string expected)
    {
        if (!TakeSymbol(symbol)) throw Expected(expected);
    }

    FilterException Expected(string expected) => Fail(_token.Position, $"Expected {expected}, found {_token.Shown}.");

    static FilterException Fail(TextPosition position, string reason) => new(position, reason);
}
