using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>One step of a formula. Comparisons and logic give 1 or 0; anything but 0 is true.</summary>
public enum FormulaOp
{
    /// <summary>Pushes constant <c>Operand</c>.</summary>
    Constant,

    /// <summary>Pushes input <c>Operand</c>.</summary>
    Input,

    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a * b.</summary>
    Multiply,

    /// <summary>a / b; 0 when b is 0.</summary>
    Divide,

    /// <summary>a to the power b.</summary>
    Power,

    /// <summary>-a.</summary>
    Negate,

    /// <summary>The smaller.</summary>
    Min,

    /// <summary>The larger.</summary>
    Max,

    /// <summary>|a|.</summary>
    Abs,

    /// <summary>e^a.</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>Square root.</summary>
    Sqrt,

    /// <summary>1 / (1 + e^-a).</summary>
    Sigmoid,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a &lt;= b.</summary>
    LessOrEqual,

    /// <summary>a = b.</summary>
    Equal,

    /// <summary>Both true.</summary>
    And,

    /// <summary>Either true.</summary>
    Or,

    /// <summary>Not true.</summary>
    Not,

    /// <summary>Pops otherwise, then, condition; pushes one of the first two.</summary>
    Select,
}

/// <summary>One instruction.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Operand">Which constant or input.</param>
public readonly record struct FormulaStep(FormulaOp Op, int Operand = 0);

/// <summary>A compiled formula: postfix, without jumps.</summary>
/// <param name="Steps">The instructions.</param>
/// <param name="Constants">Constants by number.</param>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="StackDepth">The deepest stack it needs.</param>
public sealed record FormulaProgram(FormulaStep[] Steps, float[] Constants, int Inputs, int StackDepth)
{
    FormulaCode? _code;

    /// <summary>Instructions of the steps, made once: they must be checked before. A copy with other steps has its own.</summary>
    internal FormulaCode Code => _code is { } code && code.Steps == Steps ? code : _code = FormulaCode.Of(Steps);
}

/// <summary>values[i] = formula(inputs[0, i], inputs[1, i], ...); a NaN or infinite result becomes 0 and is counted.</summary>
/// <remarks>
/// Every step is rounded to float32; equal bits on every variant. On a GPU, Exp, Log, Sigmoid and Power are within 4 units of
/// the last place of the others.
/// </remarks>
/// <exception cref="ArgumentException">A step leaves the stack or names a constant or input that is not there.</exception>
public readonly record struct EvaluateFormulaArgs
{
    /// <summary>The formula.</summary>
    public required FormulaProgram Program { get; init; }

    /// <summary>[I, n] float32: one row per input.</summary>
    public required Tensor<float> Inputs { get; init; }

    /// <summary>[n] float32, overwritten.</summary>
    public required Tensor<float> Values { get; init; }

    /// <summary>[1] int64, added to: results that were not finite.</summary>
    public required Tensor<long> NotFinite { get; init; }
}
