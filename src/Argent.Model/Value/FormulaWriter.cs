using Argent.Kernels;

namespace Argent.Model;

/// <summary>Collects the steps of a formula in postfix order and measures the stack that they need.</summary>
sealed class FormulaWriter
{
    readonly List<FormulaStep> _steps = [];
    readonly List<float> _constants = [];

    /// <summary>Steps so far.</summary>
    public int Count => _steps.Count;

    public void Add(FormulaOp op, int operand = 0) => _steps.Add(new FormulaStep(op, operand));

    public void AddConstant(float value)
    {
        int known = _constants.IndexOf(value);
        if (known < 0) _constants.Add(value);
        Add(FormulaOp.Constant, known < 0 ? _constants.Count - 1 : known);
    }

    /// <summary>
    /// Swaps two neighbouring operands: steps [first, second) and [second, end). So a &gt; b becomes b &lt; a, which is
    /// false when either is NaN, as NOT a &lt;= b would not be.
    /// </summary>
    public void Swap(int first, int second)
    {
        var moved = _steps.GetRange(first, second - first);
        _steps.RemoveRange(first, second - first);
        _steps.AddRange(moved);
    }

    /// <summary>The program.</summary>
    public FormulaProgram ToProgram(int inputs) => new([.. _steps], [.. _constants], inputs, StackDepth());

    int StackDepth()
    {
        int depth = 0, deepest = 0;
        foreach (var step in _steps)
        {
            depth += Pushed(step.Op);
            deepest = Math.Max(deepest, depth);
        }
        return deepest;
    }

    /// <summary>Values that a step pushes, less those that it pops.</summary>
    static int Pushed(FormulaOp op) => op switch
    {
        FormulaOp.Constant or FormulaOp.Input => 1,
        FormulaOp.Negate or FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt => 0,
        FormulaOp.Sigmoid or FormulaOp.Not => 0,
        FormulaOp.Select => -2,
        _ => -1,
    };
}
