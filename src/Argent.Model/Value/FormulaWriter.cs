using Argent.Kernels;

namespace Argent.Model;

/// <summary>Writes a tree as steps in postfix order; parts of constants alone are calculated once.</summary>
sealed class FormulaWriter(int tasks)
{
    readonly List<FormulaStep> _steps = [];
    readonly List<float> _constants = [];
    readonly List<FormulaColumn> _columns = [];

    /// <summary>The program of a formula in which nothing of the user is left open, and the columns that it reads.</summary>
    public (FormulaProgram Program, FormulaColumn[] Columns) Write(ValueNode formula)
    {
        var folded = Fold(formula);
        Add(folded);
        return (new FormulaProgram([.. _steps], [.. _constants], tasks + _columns.Count, folded.Stack), [.. _columns]);
    }

    static ValueNode Fold(ValueNode node)
    {
        if (node is not StepNode step) return node;
        ValueNode[] operands = [.. step.Operands.Select(Fold)];
        if (step.Op == FormulaOp.Select && operands[0] is NumberNode condition) return operands[condition.Value != 0 ? 1 : 2];
        bool isCompared = step.Op is FormulaOp.Less or FormulaOp.LessOrEqual or FormulaOp.Equal;
        // A missing feature of the user.
        if (isCompared && operands.Any(o => o is NumberNode { Value: float.NaN })) return new NumberNode(step.Position, 0f);
        // What is not finite, and a division by zero, stays in the program: it is counted for every candidate.
        if (operands.All(o => o is NumberNode) && !(step.Op == FormulaOp.Divide && ((NumberNode)operands[1]).Value == 0))
        {
            float value = FormulaArithmetic.Apply(step.Op, [.. operands.Select(o => ((NumberNode)o).Value)]);
            if (float.IsFinite(value)) return new NumberNode(step.Position, value);
        }
        return new StepNode(step.Position, step.Op, operands);
    }

    void Add(ValueNode node)
    {
        switch (node)
        {
            case NumberNode number:
                _steps.Add(new FormulaStep(FormulaOp.Constant, Constant(number.Value)));
                break;
            case TaskNode task:
                _steps.Add(new FormulaStep(FormulaOp.Input, task.Task));
                break;
            case ColumnNode column:
                _steps.Add(new FormulaStep(FormulaOp.Input, tasks + Column(column.Column)));
                break;
            case StepNode step:
                foreach (var operand in step.Operands) Add(operand);
                _steps.Add(new FormulaStep(step.Op));
                break;
            default:
                throw new ArgumentException($"The formula has an open part: {node}.");
        }
    }

    int Constant(float value)
    {
        // By bits: 0 and -0 are equal and not the same.
        int known = _constants.FindIndex(c => BitConverter.SingleToInt32Bits(c) == BitConverter.SingleToInt32Bits(value));
        if (known >= 0) return known;
        _constants.Add(value);
        return _constants.Count - 1;
    }

    int Column(FormulaColumn column)
    {
        int known = _columns.FindIndex(column.IsSame);
        if (known >= 0) return known;
        _columns.Add(column);
        return _columns.Count - 1;
    }
}
