namespace Argent.Model;

/// <summary>Recursive descent over one filter: one method per line of the grammar.</summary>
sealed class FilterParser
{
    const string Comparisons = "=, !=, <, <=, >, >=, IN, NOT IN, BETWEEN, HAS ANY or HAS ALL";

    readonly TokenReader _tokens;
    int _leaves;

    public FilterParser(string text)
    {
        _tokens = new TokenReader(new Lexer(text, minusIsOperator: false), FilterLimits.DepthMax, Fail);
        _tokens.Advance();
    }

    public FilterExpression Parse()
    {
        var filter = Or();
        return _tokens.Current.Kind == TokenKind.End ? filter : throw _tokens.Expected("AND, OR or the end");
    }

    FilterExpression Or()
    {
        var position = _tokens.Position;
        var operands = new List<FilterExpression> { And() };
        while (_tokens.TakeKeyword("OR")) operands.Add(And());
        return operands.Count == 1 ? operands[0] : new FilterOr(operands) { Position = position };
    }

    FilterExpression And()
    {
        var position = _tokens.Position;
        var operands = new List<FilterExpression> { Not() };
        while (_tokens.TakeKeyword("AND")) operands.Add(Not());
        return operands.Count == 1 ? operands[0] : new FilterAnd(operands) { Position = position };
    }

    FilterExpression Not()
    {
        var position = _tokens.Position;
        if (!_tokens.TakeKeyword("NOT")) return Primary();
        _tokens.Enter(position);
        var filter = new FilterNot(Not()) { Position = position };
        _tokens.Leave();
        return filter;
    }

    FilterExpression Primary()
    {
        var position = _tokens.Position;
        if (_tokens.TakeSymbol("("))
        {
            _tokens.Enter(position);
            var inside = Or();
            _tokens.ExpectSymbol(")", "AND, OR or ')'");
            _tokens.Leave();
            return inside;
        }
        if (_tokens.TakeKeyword("TRUE")) return new FilterConstant(true) { Position = position };
        if (_tokens.TakeKeyword("FALSE")) return new FilterConstant(false) { Position = position };
        if (++_leaves > FilterLimits.LeavesMax)
        {
            throw Fail(position, $"A filter has at most {FilterLimits.LeavesMax} comparisons.");
        }
        if (!_tokens.TakeKeyword("EXISTS")) return Comparison(Feature("a feature, NOT, EXISTS or '('"), position);
        _tokens.ExpectSymbol("(", "'('");
        string feature = Feature("a feature");
        _tokens.ExpectSymbol(")", "')'");
        return new FilterExists(feature) { Position = position };
    }

    FilterExpression Comparison(string feature, TextPosition position)
    {
        var symbol = _tokens.Current;
        if (symbol.Kind == TokenKind.Symbol && Operator(symbol.Text) is { } compared)
        {
            _tokens.Advance();
            return Negated(symbol.Text == "!=", new FilterComparison(feature, compared, Value()) { Position = position });
        }
        if (_tokens.TakeKeyword("HAS"))
        {
            bool all = _tokens.TakeKeyword("ALL");
            if (!all && !_tokens.TakeKeyword("ANY")) throw _tokens.Expected("ANY or ALL");
            return Membership(feature, all, position);
        }
        bool not = _tokens.TakeKeyword("NOT");
        if (_tokens.TakeKeyword("IN")) return Negated(not, Membership(feature, all: false, position));
        if (_tokens.TakeKeyword("BETWEEN")) return Negated(not, Between(feature, position));
        throw _tokens.Expected(not ? "IN or BETWEEN" : $"{Comparisons} after {Quotation.Shown(feature)}");
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
        if (!_tokens.TakeKeyword("AND")) throw _tokens.Expected("AND and the highest value of BETWEEN");
        return new FilterBetween(feature, low, Value()) { Position = position };
    }

    FilterMembership Membership(string feature, bool all, TextPosition position)
    {
        _tokens.ExpectSymbol("(", "'(' and a list of values");
        var values = new List<FilterValue>();
        if (all || !_tokens.Current.IsSymbol(")"))
        {
            do values.Add(Value());
            while (_tokens.TakeSymbol(","));
        }
        _tokens.ExpectSymbol(")", "',' or ')'");
        return new FilterMembership(feature, values, all) { Position = position };
    }

    string Feature(string expected)
    {
        var token = _tokens.Current;
        bool plain = token.Kind == TokenKind.Name && !FilterLanguage.IsReserved(token.Text);
        if (!plain && token.Kind != TokenKind.QuotedName) throw _tokens.Expected(expected);
        _tokens.Advance();
        return token.Text;
    }

    FilterValue Value()
    {
        var position = _tokens.Position;
        bool date = _tokens.TakeKeyword("DATE");
        var token = _tokens.Current;
        if (token.Kind == TokenKind.QuotedName)
        {
            throw Fail(token.Position,
                $"A text is written in single quotes; {token.Shown} in double quotes is the name of a feature.");
        }
        if (token.Kind != TokenKind.Text && (date || token.Kind != TokenKind.Number))
        {
            throw _tokens.Expected(date ? "a date in single quotes" : "a value (a number, or a text in single quotes)");
        }
        _tokens.Advance();
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
        return FilterValue.TryNumber(token.Text) ?? throw Fail(token.Position, FilterValue.TooLarge(token.Text));
    }

    static FilterException Fail(TextPosition position, string reason) => new(position, reason);
}
