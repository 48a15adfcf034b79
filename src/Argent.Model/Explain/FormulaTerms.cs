using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Takes a compiled formula apart: every sub-expression becomes text again, and is evaluated by the kernel that evaluates
/// the whole. Text that the parser rewrites comes back rewritten: a &gt; b as b &lt; a, clamp as min and max.
/// </summary>
/// <param name="formula">The formula for a user.</param>
/// <param name="tasks">Names of its first inputs; the others are columns.</param>
sealed class FormulaTerms(BoundFormula formula, IReadOnlyList<string> tasks)
{
    // How tightly a node binds; an operand that binds looser stands in parentheses.
    const int Or = 1, And = 2, Not = 3, Comparison = 4, Sum = 5, Product = 6, Unary = 7, Power = 8, Atom = 9;

    readonly Stack<Node> _stack = new();
    readonly FormulaProgram _program = formula.Program;

    /// <summary>The formula's terms for one candidate.</summary>
    /// <param name="inputs">Task values, then columns.</param>
    /// <param name="pass">What it runs with.</param>
    public ExplainedTerm Explain(ReadOnlySpan<float> inputs, in ForwardPass pass)
    {
        var mark = pass.Scratch.Mark();
        var column = pass.Scratch.Rent<float>(new Shape(Math.Max(1, inputs.Length), 1));
        inputs.CopyTo(column.Span);
        for (int i = 0; i < _program.Steps.Length; i++)
        {
            var op = _program.Steps[i].Op;
            var (operands, text, precedence) = Read(_program.Steps[i]);
            int first = operands.Length == 0 ? i : operands[0].First;
            float value = Evaluate(first, i + 1, column, pass);
            _stack.Push(new Node(new ExplainedTerm(text, value, Terms(op, operands)), op, precedence, first));
        }
        pass.Scratch.Release(mark);
        return _stack.Pop().Term;
    }

    /// <summary>
    /// What a node is made of: the terms of a sum with their signs, the factors of a product, all sides of an and, or, min
    /// or max, however many there are; of anything else its operands.
    /// </summary>
    static List<ExplainedTerm> Terms(FormulaOp op, Node[] operands)
    {
        var terms = new List<ExplainedTerm>();
        for (int i = 0; i < operands.Length; i++)
        {
            var operand = operands[i];
            bool isSame = operand.Op == op || (IsSum(operand.Op) && IsSum(op));
            bool isChain = op is FormulaOp.Add or FormulaOp.Subtract or FormulaOp.Multiply or FormulaOp.And or FormulaOp.Or
                or FormulaOp.Min or FormulaOp.Max;
            if (i == 0 && isSame && isChain)
            {
                terms.AddRange(operand.Term.Operands);
            }
            else if (i == 1 && op == FormulaOp.Subtract)
            {
                terms.Add(new ExplainedTerm("-" + Inside(operand, Unary), -operand.Term.Value, [operand.Term]));
            }
            else
            {
                terms.Add(operand.Term);
            }
        }
        return terms;
    }

    static bool IsSum(FormulaOp op) => op is FormulaOp.Add or FormulaOp.Subtract;

    /// <summary>Steps [first, end) are a program of their own: postfix keeps a sub-expression together.</summary>
    float Evaluate(int first, int end, Tensor<float> column, in ForwardPass pass)
    {
        var mark = pass.Scratch.Mark();
        var value = pass.Scratch.Rent<float>(new Shape(1));
        var notFinite = pass.Scratch.RentZeroed<long>(new Shape(1));
        pass.Kernels.EvaluateFormula(new EvaluateFormulaArgs
        {
            Program = _program with { Steps = _program.Steps[first..end] },
            Inputs = column.Rows(0, _program.Inputs),
            Values = value,
            NotFinite = notFinite,
        });
        float result = notFinite[0] > 0 ? float.NaN : value[0];
        pass.Scratch.Release(mark);
        return result;
    }

    (Node[] Operands, string Text, int Precedence) Read(FormulaStep step)
    {
        switch (step.Op)
        {
            case FormulaOp.Constant:
                float constant = _program.Constants[step.Operand];
                return ([], constant.ToString("R", CultureInfo.InvariantCulture), float.IsNegative(constant) ? Unary : Atom);
            case FormulaOp.Input:
                return Input(step.Operand);
            case FormulaOp.Select:
                var chosen = Pop(3);
                return (chosen, $"if({chosen[0].Text}, {chosen[1].Text}, {chosen[2].Text})", Atom);
            case FormulaOp.Negate or FormulaOp.Not:
                var operand = Pop(1);
                int own = step.Op == FormulaOp.Not ? Not : Unary;
                return (operand, (own == Not ? "not " : "-") + Inside(operand[0], own), own);
            case FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt or FormulaOp.Sigmoid:
                var argument = Pop(1);
                return (argument, $"{Function(step.Op)}({argument[0].Text})", Atom);
            case FormulaOp.Min or FormulaOp.Max:
                var pair = Pop(2);
                string left = pair[0].Op == step.Op ? pair[0].Text[..^1] : $"{Function(step.Op)}({pair[0].Text}";
                return (pair, $"{left}, {pair[1].Text})", Atom);
            default:
                return Binary(step.Op);
        }
    }

    (Node[] Operands, string Text, int Precedence) Input(int input)
    {
        if (input < tasks.Count) return ([], ValueNames.Shown(tasks[input]), Atom);
        var column = formula.Columns[input - tasks.Count];
        return ([], column.Text, column.IsComparison ? Comparison : Atom);
    }

    (Node[] Operands, string Text, int Precedence) Binary(FormulaOp op)
    {
        var pair = Pop(2);
        var (symbol, own) = op switch
        {
            FormulaOp.Add => ("+", Sum),
            FormulaOp.Subtract => ("-", Sum),
            FormulaOp.Multiply => ("*", Product),
            FormulaOp.Divide => ("/", Product),
            FormulaOp.Power => ("^", Power),
            FormulaOp.Less => ("<", Comparison),
            FormulaOp.LessOrEqual => ("<=", Comparison),
            FormulaOp.Equal => ("=", Comparison),
            FormulaOp.And => ("and", And),
            FormulaOp.Or => ("or", Or),
            _ => throw new ArgumentException($"A formula has no step {op}."),
        };
        // Operators group to the left, but for ^, whose left side is an atom; comparisons do not group at all.
        int left = own is Power or Comparison ? own + 1 : own, right = own == Power ? Unary : own + 1;
        return (pair, $"{Inside(pair[0], left)} {symbol} {Inside(pair[1], right)}", own);
    }

    Node[] Pop(int count)
    {
        var nodes = new Node[count];
        for (int i = count - 1; i >= 0; i--) nodes[i] = _stack.Pop();
        return nodes;
    }

    static string Inside(Node node, int loosest) => node.Precedence >= loosest ? node.Text : $"({node.Text})";

    static string Function(FormulaOp op) => op switch
    {
        FormulaOp.Min => "min",
        FormulaOp.Max => "max",
        FormulaOp.Abs => "abs",
        FormulaOp.Exp => "exp",
        FormulaOp.Log => "log",
        FormulaOp.Sqrt => "sqrt",
        _ => "sigmoid",
    };

    /// <summary>A sub-expression.</summary>
    /// <param name="Term">What it says and came to.</param>
    /// <param name="Op">Its last step.</param>
    /// <param name="Precedence">How tightly it binds.</param>
    /// <param name="First">Its first step.</param>
    readonly record struct Node(ExplainedTerm Term, FormulaOp Op, int Precedence, int First)
    {
        public string Text => Term.Text;
    }
}
