namespace Argent.Kernels;

/// <summary>
/// A formula as instructions over rows of numbers, which read inputs where they are: a part that occurs twice is evaluated
/// once, and a row is used again when nothing waits for it.
/// </summary>
sealed class FormulaCode
{
    readonly Dictionary<(FormulaOp Op, int A, int B, int C), int> _known = [];
    readonly List<(FormulaOp Op, int A, int B, int C)> _values = [];

    FormulaCode(FormulaStep[] steps)
    {
        Steps = steps;
        int result = Number(steps);
        int[] lastUse = LastUses(result);
        int[] places = new int[_values.Count];
        var (instructions, free) = (new List<FormulaInstruction>(), new Stack<int>());
        for (int v = 0; v < places.Length; v++)
        {
            var (op, a, b, c) = _values[v];
            if (op is FormulaOp.Constant or FormulaOp.Input)
            {
                // Behind the rows of results, whose number is not known yet: told apart by their sign.
                places[v] = op == FormulaOp.Constant ? ~(2 * a) : ~(2 * a + 1);
                continue;
            }
            foreach (int operand in new[] { a, b, c }.Distinct())
            {
                if (operand >= 0 && places[operand] >= 0 && lastUse[operand] == v) free.Push(places[operand]);
            }
            // Every step writes a number after it has read the numbers at the same place, so that a target may be an operand.
            places[v] = free.TryPop(out int row) ? row : Rows++;
            instructions.Add(new FormulaInstruction(op, places[a], b < 0 ? 0 : places[b], c < 0 ? 0 : places[c], places[v]));
        }
        (Instructions, Result) = ([.. instructions], places[result]);
    }

    /// <summary>The steps that it was made from.</summary>
    public FormulaStep[] Steps { get; }

    /// <summary>What to do, in order.</summary>
    public FormulaInstruction[] Instructions { get; }

    /// <summary>Rows of results.</summary>
    public int Rows { get; private set; }

    /// <summary>Where the value is.</summary>
    public int Result { get; }

    /// <summary>The instructions of checked steps.</summary>
    public static FormulaCode Of(FormulaStep[] steps) => new(steps);

    int Number(FormulaStep[] steps)
    {
        var stack = new Stack<int>();
        foreach (var step in steps)
        {
            int taken = EvaluateFormulaReference.Taken(step.Op);
            int c = taken > 2 ? stack.Pop() : -1, b = taken > 1 ? stack.Pop() : -1;
            int a = taken > 0 ? stack.Pop() : step.Operand;
            if (!_known.TryGetValue((step.Op, a, b, c), out int number))
            {
                number = _values.Count;
                _known.Add((step.Op, a, b, c), number);
                _values.Add((step.Op, a, b, c));
            }
            stack.Push(number);
        }
        return stack.Pop();
    }

    int[] LastUses(int result)
    {
        int[] last = new int[_values.Count];
        for (int v = 0; v < last.Length; v++)
        {
            var (op, a, b, c) = _values[v];
            if (op is FormulaOp.Constant or FormulaOp.Input) continue;
            last[a] = v;
            if (b >= 0) last[b] = v;
            if (c >= 0) last[c] = v;
        }
        last[result] = int.MaxValue;
        return last;
    }
}

/// <summary>
/// One instruction over rows. A place is a row of results from 0, or the complement of twice a constant, or of twice an input
/// and one.
/// </summary>
readonly record struct FormulaInstruction(FormulaOp Op, int A, int B, int C, int Target);
