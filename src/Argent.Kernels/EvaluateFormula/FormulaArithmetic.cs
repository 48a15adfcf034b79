namespace Argent.Kernels;

/// <summary>One step of a formula on numbers at hand, with the bits that the kernels give.</summary>
public static class FormulaArithmetic
{
    /// <summary>The result of a step.</summary>
    /// <param name="op">Any step but a constant or an input.</param>
    /// <param name="operands">As many as it takes, the leftmost first.</param>
    public static float Apply(FormulaOp op, ReadOnlySpan<float> operands) => operands.Length switch
    {
        1 => EvaluateFormulaReference.Unary(op, operands[0]),
        2 => EvaluateFormulaReference.Binary(op, operands[0], operands[1]),
        _ => operands[0] != 0f ? operands[1] : operands[2],
    };
}
