using System.Globalization;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Recursive descent over one formula, writing steps as it goes. Loosest first: or, and, not, comparison, + -, * /,
/// unary minus, ^ (which groups to the right).
/// </summary>
sealed class FormulaParser
{
    static readonly string[] _reserved = ["and", "or", "not"];

    readonly IReadOnlyList<string> _tasks;
    readonly TokenReader _tokens;
    readonly FormulaWriter _steps = new();

    public FormulaParser(string text, IReadOnlyList<string> tasks)
    {
        _tasks = tasks;
        _tokens = new TokenReader(new Lexer(text, minusIsOperator: true), ValueLimits.DepthMax, Fail);
        _tokens.Advance();
    }

    /// <summary>True for a word that names a task only in double quotes.</summary>
    public static bool IsReserved(string word) => _reserved.Contains(word, StringComparer.OrdinalIgnoreCase);

    public FormulaProgram Parse()
    {
        Or();
        if (_tokens.Current.Kind != TokenKind.End) throw _tokens.Expected("an operator or the end");
        var program = _steps.ToProgram(_tasks.Count);
        return program.StackDepth <= ValueLimits.StackMax
            ? program
            : throw Fail(TextPosition.Start,
                $"The formula keeps {program.StackDepth} intermediate results; the limit is {ValueLimits.StackMax}.");
    }

    void Or()
    {
        And();
        while (_tokens.TakeKeyword("or")) Then(And, FormulaOp.Or);
    }

    void And()
    {
        Not();
        while (_tokens.TakeKeyword("and")) Then(Not, FormulaOp.And);
    }

    void Not()
    {
        var position = _tokens.Position;
        if (!_tokens.TakeKeyword("not"))
        {
            Comparison();
            return;
        }
        Deeper(position, Not);
        Write(FormulaOp.Not);
    }

    void Comparison()
    {
        int left = _steps.Count;
        Sum();
        if (!AtComparison()) return;
        string symbol = _tokens.Current.Text;
        _tokens.Advance();
        int right = _steps.Count;
        Sum();
        if (symbol is ">" or ">=") _steps.Swap(left, right);
        Write(symbol switch
        {
            "<" or ">" => FormulaOp.Less,
            "<=" or ">=" => FormulaOp.LessOrEqual,
            _ => FormulaOp.Equal,
        });
        if (symbol == "!=") Write(FormulaOp.Not);
        if (AtComparison()) throw Fail(_tokens.Position, "Comparisons do not chain: write a < b and b < c.");
    }

    bool AtComparison() =>
        _tokens.Current is { Kind: TokenKind.Symbol, Text: "<" or "<=" or ">" or ">=" or "=" or "!=" };

    void Sum()
    {
        Product();
        while (true)
        {
            if (_tokens.TakeSymbol("+")) Then(Product, FormulaOp.Add);
            else if (_tokens.TakeSymbol("-")) Then(Product, FormulaOp.Subtract);
            else return;
        }
    }

    void Product()
    {
        Unary();
        while (true)
        {
            if (_tokens.TakeSymbol("*")) Then(Unary, FormulaOp.Multiply);
            else if (_tokens.TakeSymbol("/")) Then(Unary, FormulaOp.Divide);
            else return;
        }
    }

    void Unary()
    {
        var position = _tokens.Position;
        if (!_tokens.TakeSymbol("-"))
        {
            Power();
            return;
        }
        Deeper(position, Unary);
        Write(FormulaOp.Negate);
    }

    void Power()
    {
        Atom();
        var position = _tokens.Position;
        if (!_tokens.TakeSymbol("^")) return;
        Deeper(position, Unary);
        Write(FormulaOp.Power);
    }

    void Atom()
    {
        var token = _tokens.Current;
        if (_tokens.TakeSymbol("("))
        {
            Deeper(token.Position, Or);
            _tokens.ExpectSymbol(")", "an operator or ')'");
            return;
        }
        bool reserved = token.Kind == TokenKind.Name && IsReserved(token.Text);
        if (reserved || token.Kind is not (TokenKind.Number or TokenKind.Name or TokenKind.QuotedName))
        {
            throw _tokens.Expected("a number, a task, a function or '('");
        }
        _tokens.Advance();
        if (token.Kind == TokenKind.Number) Number(token);
        else if (token.Kind == TokenKind.Name && _tokens.Current.IsSymbol("(")) Call(token);
        else Task(token);
    }

    void Number(Token token)
    {
        float number = float.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!float.IsFinite(number)) throw Fail(token.Position, $"{token.Shown} is too large for a float32.");
        _steps.AddConstant(number);
        CheckLength(token.Position);
    }

    void Task(Token token)
    {
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (_tasks[i] != token.Text) continue;
            Write(FormulaOp.Input, i);
            return;
        }
        if (token.Text.Split('.')[0] is "item" or "user" && token.Text.Contains('.', StringComparison.Ordinal))
        {
            throw Fail(token.Position, $"{token.Shown} is a feature, and formulas read scores of tasks only. {Known()}.");
        }
        string offer = Suggestion.Offer(token.Text, _tasks.Concat(FormulaFunction.Names));
        throw Fail(token.Position, $"There is no task {token.Shown}.{offer} {Known()}.");
    }

    string Known() => "The tasks are " + string.Join(", ", _tasks);

    void Call(Token name)
    {
        var function = FormulaFunction.Find(name.Text) ?? throw Fail(name.Position,
            $"There is no function {name.Shown}.{Suggestion.Offer(name.Text, FormulaFunction.Names)}"
            + $" The functions are {string.Join(", ", FormulaFunction.Names)}.");
        _tokens.Advance();
        int arguments = 0;
        do
        {
            Deeper(name.Position, Or);
            if (function.StepAfter(arguments++) is { } op) Write(op);
        }
        while (arguments < function.ArgumentsMax && _tokens.TakeSymbol(","));
        bool closed = _tokens.Current.IsSymbol(")");
        if (!closed && !_tokens.Current.IsSymbol(",")) throw _tokens.Expected("an operator, ',' or ')'");
        if (!closed || arguments < function.ArgumentsMin)
        {
            string found = closed ? $"{arguments}" : "more";
            throw Fail(name.Position, $"The function '{function.Name}' takes {function.Arguments} arguments, found {found}.");
        }
        _tokens.Advance();
    }

    void Then(Action operand, FormulaOp op)
    {
        operand();
        Write(op);
    }

    void Deeper(TextPosition position, Action inside)
    {
        _tokens.Enter(position);
        inside();
        _tokens.Leave();
    }

    void Write(FormulaOp op, int operand = 0)
    {
        _steps.Add(op, operand);
        CheckLength(_tokens.Position);
    }

    void CheckLength(TextPosition position)
    {
        if (_steps.Count > ValueLimits.StepsMax) throw Fail(position, $"A formula has at most {ValueLimits.StepsMax} steps.");
    }

    static ValueException Fail(TextPosition position, string reason) => new(position, reason);
}
