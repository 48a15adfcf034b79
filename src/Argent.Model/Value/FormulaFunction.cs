using Argent.Kernels;

namespace Argent.Model;

/// <summary>A function of the value language: how many arguments it takes and which step follows each of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ArgumentsMin">Fewest arguments.</param>
/// <param name="ArgumentsMax">Most arguments.</param>
/// <param name="StepAfter">The step after argument i (from 0), or null.</param>
sealed record FormulaFunction(string Name, int ArgumentsMin, int ArgumentsMax, Func<int, FormulaOp?> StepAfter)
{
    static readonly FormulaFunction[] _all =
    [
        new("if", 3, 3, i => i == 2 ? FormulaOp.Select : null),
        new("min", 2, int.MaxValue, i => i > 0 ? FormulaOp.Min : null),
        new("max", 2, int.MaxValue, i => i > 0 ? FormulaOp.Max : null),
        // clamp(x, low, high) = min(max(x, low), high).
        new("clamp", 3, 3, i => i == 1 ? FormulaOp.Max : i == 2 ? FormulaOp.Min : null),
        new("pow", 2, 2, i => i == 1 ? FormulaOp.Power : null),
        Unary("abs", FormulaOp.Abs),
        Unary("exp", FormulaOp.Exp),
        Unary("log", FormulaOp.Log),
        Unary("sqrt", FormulaOp.Sqrt),
        Unary("sigmoid", FormulaOp.Sigmoid),
    ];

    /// <summary>Names of all functions.</summary>
    public static IEnumerable<string> Names => _all.Select(f => f.Name);

    /// <summary>The function of a name in any case, or null.</summary>
    public static FormulaFunction? Find(string name) =>
        Array.Find(_all, f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>For example <c>2 or more</c>.</summary>
    public string Arguments => ArgumentsMax == ArgumentsMin ? $"{ArgumentsMin}" : $"{ArgumentsMin} or more";

    static FormulaFunction Unary(string name, FormulaOp op) => new(name, 1, 1, _ => op);
}
