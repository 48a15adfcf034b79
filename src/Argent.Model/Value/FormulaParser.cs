using System.Globalization;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Recursive descent over one expression, into a tree of checked types. Loosest first: or, and, not, comparison, + -, * /,
/// unary minus, ^ (which groups to the right).
/// </summary>
sealed class FormulaParser
{
    readonly ValueNames _names;
    readonly ValueTypes _types;
    readonly TokenReader _tokens;

    public FormulaParser(string text, ValueNames names)
    {
        (_names, _types) = (names, new ValueTypes(names.Schema));
        _tokens = new TokenReader(new Lexer(text, minusIsOperator: true), ValueLimits.DepthMax, Fail);
        _tokens.Advance();
    }

    /// <summary>The whole text.</summary>
    public ValueNode Parse()
    {
        var node = Or();
        return _tokens.Current.Kind == TokenKind.End ? node : throw _tokens.Expected("an operator or the end");
    }

    ValueNode Or()
    {
        var node = And();
        for (var at = _tokens.Position; _tokens.TakeKeyword("or"); at = _tokens.Position)
        {
            node = _types.Step(at, FormulaOp.Or, node, And());
        }
        return node;
    }

    ValueNode And()
    {
        var node = Not();
        for (var at = _tokens.Position; _tokens.TakeKeyword("and"); at = _tokens.Position)
        {
            node = _types.Step(at, FormulaOp.And, node, Not());
        }
        return node;
    }

    ValueNode Not()
    {
        var position = _tokens.Position;
        return _tokens.TakeKeyword("not") ? _types.Step(position, FormulaOp.Not, Deeper(position, Not)) : Comparison();
    }

    ValueNode Comparison()
    {
        var left = Sum();
        var position = _tokens.Position;
        ValueNode compared;
        if (AtComparison())
        {
            string symbol = _tokens.Current.Text;
            _tokens.Advance();
            compared = _types.Compare(position, symbol, left, Sum());
        }
        else if (_tokens.TakeKeyword("in"))
        {
            compared = _types.In(position, left, List());
        }
        else if (_tokens.TakeKeyword("not"))
        {
            if (!_tokens.TakeKeyword("in")) throw _tokens.Expected("'in'");
            compared = _types.Step(position, FormulaOp.Not, _types.In(position, left, List()));
        }
        else
        {
            return left;
        }
        if (AtComparison()) throw Fail(_tokens.Position, "Comparisons do not chain: write a < b and b < c.");
        return compared;
    }

    bool AtComparison() =>
        _tokens.Current is { Kind: TokenKind.Symbol, Text: "<" or "<=" or ">" or ">=" or "=" or "!=" };

    List<ValueNode> List()
    {
        var list = new List<ValueNode>();
        _tokens.ExpectSymbol("(", "'('");
        do
        {
            list.Add(Constant());
        }
        while (_tokens.TakeSymbol(","));
        _tokens.ExpectSymbol(")", "',' or ')'");
        return list;
    }

    ValueNode Constant()
    {
        var token = _tokens.Current;
        bool isNegative = _tokens.TakeSymbol("-");
        if (!isNegative && token.IsKeyword("date"))
        {
            _tokens.Advance();
            if (_tokens.Current.Kind == TokenKind.Text) return Date(token.Position);
            throw _tokens.Expected("a date in single quotes");
        }
        var value = _tokens.Current;
        if (value.Kind != TokenKind.Number && (isNegative || value.Kind != TokenKind.Text))
        {
            throw _tokens.Expected("a number or a text in single quotes");
        }
        _tokens.Advance();
        if (value.Kind == TokenKind.Text) return new TextNode(value.Position, value.Text);
        var number = Number(value);
        return isNegative ? new NumberNode(token.Position, -number.Value) : number;
    }

    ValueNode Sum()
    {
        var node = Product();
        while (true)
        {
            var at = _tokens.Position;
            if (_tokens.TakeSymbol("+")) node = _types.Step(at, FormulaOp.Add, node, Product());
            else if (_tokens.TakeSymbol("-")) node = _types.Step(at, FormulaOp.Subtract, node, Product());
            else return node;
        }
    }

    ValueNode Product()
    {
        var node = Unary();
        while (true)
        {
            var at = _tokens.Position;
            if (_tokens.TakeSymbol("*")) node = _types.Step(at, FormulaOp.Multiply, node, Unary());
            else if (_tokens.TakeSymbol("/")) node = _types.Step(at, FormulaOp.Divide, node, Unary());
            else return node;
        }
    }

    ValueNode Unary()
    {
        var position = _tokens.Position;
        return _tokens.TakeSymbol("-") ? _types.Step(position, FormulaOp.Negate, Deeper(position, Unary)) : Power();
    }

    ValueNode Power()
    {
        var node = Atom();
        var position = _tokens.Position;
        return _tokens.TakeSymbol("^") ? _types.Step(position, FormulaOp.Power, node, Deeper(position, Unary)) : node;
    }

    ValueNode Atom()
    {
        var token = _tokens.Current;
        if (_tokens.TakeSymbol("("))
        {
            var inside = Deeper(token.Position, Or);
            _tokens.ExpectSymbol(")", "an operator or ')'");
            return inside;
        }
        bool reserved = token.Kind == TokenKind.Name && ValueNames.IsReserved(token.Text);
        if (reserved || token.Kind is TokenKind.End or TokenKind.Symbol)
        {
            throw _tokens.Expected("a number, a task, a function or '('");
        }
        _tokens.Advance();
        return token.Kind switch
        {
            TokenKind.Number => Number(token),
            TokenKind.Text => new TextNode(token.Position, token.Text),
            TokenKind.Name when _tokens.Current.IsSymbol("(") => Call(token),
            TokenKind.Name when token.IsKeyword("date") && _tokens.Current.Kind == TokenKind.Text => Date(token.Position),
            TokenKind.Name when token.Text is "item." or "user." && _tokens.Current.Kind == TokenKind.QuotedName => Quoted(token),
            _ => _names.Find(token),
        };
    }

    ValueNode Quoted(Token prefix)
    {
        string name = _tokens.Current.Text;
        _tokens.Advance();
        return prefix.Text == "item." ? _names.Feature(prefix, name) : new UserNode(prefix.Position, name);
    }

    NumberNode Date(TextPosition position)
    {
        string text = _tokens.Current.Text;
        if (!IsoDate.TryParse(text, out long seconds))
        {
            throw Fail(_tokens.Position, $"{Quotation.Shown(text)} is not a date: {IsoDate.Expected}.");
        }
        _tokens.Advance();
        return new NumberNode(position, (float)(seconds / FormulaColumn.DaySeconds));
    }

    static NumberNode Number(Token token)
    {
        float number = float.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return float.IsFinite(number)
            ? new NumberNode(token.Position, number)
            : throw Fail(token.Position, $"{token.Shown} is too large for a float32.");
    }

    ValueNode Call(Token name)
    {
        if (name.IsKeyword("exists"))
        {
            _tokens.Advance();
            var feature = Deeper(name.Position, Or);
            _tokens.ExpectSymbol(")", "')'");
            return _types.Exists(name.Position, feature);
        }
        var function = FormulaFunction.Find(name.Text) ?? throw Fail(name.Position,
            $"There is no function {name.Shown}.{Suggestion.Offer(name.Text, [.. FormulaFunction.Names, "exists"])}"
            + $" The functions are {string.Join(", ", FormulaFunction.Names)}, exists.");
        _tokens.Advance();
        var arguments = new List<ValueNode>();
        do
        {
            arguments.Add(_types.Number(Deeper(name.Position, Or)));
        }
        while (arguments.Count < function.ArgumentsMax && _tokens.TakeSymbol(","));
        bool closed = _tokens.Current.IsSymbol(")");
        if (!closed && !_tokens.Current.IsSymbol(",")) throw _tokens.Expected("an operator, ',' or ')'");
        if (!closed || arguments.Count < function.ArgumentsMin)
        {
            string found = closed ? $"{arguments.Count}" : "more";
            throw Fail(name.Position, $"The function '{function.Name}' takes {function.Arguments} arguments, found {found}.");
        }
        _tokens.Advance();
        return Apply(function, name.Position, arguments);
    }

    /// <summary>The steps of a function take its arguments from the left: clamp(x, low, high) = min(max(x, low), high).</summary>
    ValueNode Apply(FormulaFunction function, TextPosition position, List<ValueNode> arguments)
    {
        if (function.StepAfter(0) is { } single) return _types.Step(position, single, arguments[0]);
        if (function.StepAfter(1) is null) return _types.Step(position, function.StepAfter(2)!.Value, [.. arguments]);
        var node = arguments[0];
        for (int i = 1; i < arguments.Count; i++) node = _types.Step(position, function.StepAfter(i)!.Value, node, arguments[i]);
        return node;
    }

    ValueNode Deeper(TextPosition position, Func<ValueNode> inside)
    {
        _tokens.Enter(position);
        var node = inside();
        _tokens.Leave();
        return node;
    }

    static ValueException Fail(TextPosition position, string reason) => new(position, reason);
}
