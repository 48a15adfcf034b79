using System.Runtime.Intrinsics;

namespace Argent.Kernels;

static unsafe class EvaluateFormulaReference
{
    /// <summary>The deepest stack a program may need.</summary>
    public const int StackMax = 256;

    public static void Run(in EvaluateFormulaArgs args)
    {
        Check(in args);
        float* stack = stackalloc float[StackMax];
        for (long i = 0; i < args.Values.Count; i++)
        {
            float value = Evaluate(in args, i, stack);
            bool finite = float.IsFinite(value);
            if (!finite) args.NotFinite.Pointer[0]++;
            args.Values.Pointer[i] = finite ? value : 0f;
        }
    }

    public static void Check(in EvaluateFormulaArgs args)
    {
        var program = args.Program;
        Checks.Rank("EvaluateFormula: Values", args.Values, 1);
        if (program.StackDepth is < 1 or > StackMax)
        {
            throw new ArgumentException($"EvaluateFormula: the stack depth {program.StackDepth} is not in [1, {StackMax}].");
        }
        if (program.Inputs > 0)
        {
            var expected = new Tensors.Shape(program.Inputs, args.Values.Count);
            Checks.Is("EvaluateFormula: Inputs", args.Inputs, expected, "Values", args.Values.Shape);
        }
        Checks.Is("EvaluateFormula: NotFinite", args.NotFinite, new(1), "Values", args.Values.Shape);
        CheckSteps(program);
    }

    /// <summary>Demands that no step leaves the stack, that its operand exists, and that one value remains.</summary>
    static void CheckSteps(FormulaProgram program)
    {
        int depth = 0;
        foreach (var step in program.Steps)
        {
            int taken = Taken(step.Op);
            if (step.Op == FormulaOp.Constant) Checks.Index("EvaluateFormula: a constant", step.Operand, program.Constants.Length);
            if (step.Op == FormulaOp.Input) Checks.Index("EvaluateFormula: an input", step.Operand, program.Inputs);
            if (depth < taken) throw new ArgumentException($"EvaluateFormula: {step.Op} needs {taken} values; the stack has {depth}.");
            depth += 1 - taken;
            if (depth > program.StackDepth)
            {
                throw new ArgumentException($"EvaluateFormula: the program needs a deeper stack than the {program.StackDepth} it states.");
            }
        }
        if (depth != 1) throw new ArgumentException($"EvaluateFormula: the program leaves {depth} values where 1 is expected.");
    }

    public static int Taken(FormulaOp op) => op switch
    {
        FormulaOp.Constant or FormulaOp.Input => 0,
        FormulaOp.Negate or FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt
            or FormulaOp.Sigmoid or FormulaOp.Not => 1,
        FormulaOp.Select => 3,
        _ => 2,
    };

    static float Evaluate(in EvaluateFormulaArgs args, long column, float* stack)
    {
        int top = -1;
        foreach (var step in args.Program.Steps)
        {
            switch (step.Op)
            {
                case FormulaOp.Constant:
                    stack[++top] = args.Program.Constants[step.Operand];
                    break;
                case FormulaOp.Input:
                    stack[++top] = args.Inputs.Pointer[step.Operand * args.Values.Count + column];
                    break;
                case FormulaOp.Select:
                    top -= 2;
                    stack[top] = stack[top] != 0f ? stack[top + 1] : stack[top + 2];
                    break;
                case FormulaOp.Negate or FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt
                    or FormulaOp.Sigmoid or FormulaOp.Not:
                    stack[top] = Unary(step.Op, stack[top]);
                    break;
                default:
                    top--;
                    stack[top] = Binary(step.Op, stack[top], stack[top + 1]);
                    break;
            }
        }
        return stack[0];
    }

    public static float Unary(FormulaOp op, float a) => op switch
    {
        FormulaOp.Negate => -a,
        FormulaOp.Abs => MathF.Abs(a),
        FormulaOp.Exp => Exp(a),
        FormulaOp.Log => Vector128.Log(Vector128.CreateScalar(a)).ToScalar(),
        FormulaOp.Sqrt => MathF.Sqrt(a),
        FormulaOp.Sigmoid => 1f / (1f + Exp(-a)),
        _ => a == 0f ? 1f : 0f,
    };

    // The polynomial of the vector library, so that a vector of any width has the same bits; within 2 units of the last place.
    static float Exp(float a) => Vector128.Exp(Vector128.CreateScalar(a)).ToScalar();

    public static float Binary(FormulaOp op, float a, float b) => op switch
    {
        FormulaOp.Add => a + b,
        FormulaOp.Subtract => a - b,
        FormulaOp.Multiply => a * b,
        FormulaOp.Divide => b == 0f ? 0f : a / b,
        FormulaOp.Power => MathF.Pow(a, b),
        FormulaOp.Min => MathF.Min(a, b),
        FormulaOp.Max => MathF.Max(a, b),
        FormulaOp.Less => a < b ? 1f : 0f,
        FormulaOp.LessOrEqual => a <= b ? 1f : 0f,
        FormulaOp.Equal => a == b ? 1f : 0f,
        FormulaOp.And => a != 0f && b != 0f ? 1f : 0f,
        FormulaOp.Or => a != 0f || b != 0f ? 1f : 0f,
        _ => throw new ArgumentException($"EvaluateFormula: unknown step {op}."),
    };
}
