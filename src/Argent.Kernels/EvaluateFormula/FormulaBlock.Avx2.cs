using System.Runtime.Intrinsics;

namespace Argent.Kernels;

/// <summary>One step over a block of columns, 16 at a time where the processor has AVX-512 and 8 where not.</summary>
static unsafe class FormulaBlock
{
    /// <summary>Columns of a block: ten rows of them are 20 KB, which with as many inputs fit a first cache of 32 KB or 48.</summary>
    public const int Columns = 512;

    /// <summary>Runs a step over the first columns of a block, a multiple of 16.</summary>
    public static void Run(FormulaOp op, float* a, float* b, float* c, float* target, int columns)
    {
        switch (op)
        {
            case FormulaOp.Add: Each<FormulaSteps.Add>(a, b, c, target, columns); break;
            case FormulaOp.Subtract: Each<FormulaSteps.Subtract>(a, b, c, target, columns); break;
            case FormulaOp.Multiply: Each<FormulaSteps.Multiply>(a, b, c, target, columns); break;
            case FormulaOp.Divide: Each<FormulaSteps.Divide>(a, b, c, target, columns); break;
            case FormulaOp.Negate: Each<FormulaSteps.Negate>(a, b, c, target, columns); break;
            case FormulaOp.Min: Each<FormulaSteps.Min>(a, b, c, target, columns); break;
            case FormulaOp.Max: Each<FormulaSteps.Max>(a, b, c, target, columns); break;
            case FormulaOp.Abs: Each<FormulaSteps.Abs>(a, b, c, target, columns); break;
            case FormulaOp.Exp: Each<FormulaSteps.Exp>(a, b, c, target, columns); break;
            case FormulaOp.Log: Each<FormulaSteps.Log>(a, b, c, target, columns); break;
            case FormulaOp.Sqrt: Each<FormulaSteps.Sqrt>(a, b, c, target, columns); break;
            case FormulaOp.Sigmoid: Each<FormulaSteps.Sigmoid>(a, b, c, target, columns); break;
            case FormulaOp.Less: Each<FormulaSteps.Less>(a, b, c, target, columns); break;
            case FormulaOp.LessOrEqual: Each<FormulaSteps.LessOrEqual>(a, b, c, target, columns); break;
            case FormulaOp.Equal: Each<FormulaSteps.Equal>(a, b, c, target, columns); break;
            case FormulaOp.And: Each<FormulaSteps.And>(a, b, c, target, columns); break;
            case FormulaOp.Or: Each<FormulaSteps.Or>(a, b, c, target, columns); break;
            case FormulaOp.Not: Each<FormulaSteps.Not>(a, b, c, target, columns); break;
            case FormulaOp.Select: Each<FormulaSteps.Select>(a, b, c, target, columns); break;
            case FormulaOp.Power:
                for (int i = 0; i < columns; i++) target[i] = MathF.Pow(a[i], b[i]);
                break;
            default: throw new ArgumentException($"EvaluateFormula: unknown step {op}.");
        }
    }

    /// <summary>Writes a full block of values, 0 for what is not finite, and counts those.</summary>
    public static long Store(float* result, float* values)
    {
        var zeros = Vector256<int>.Zero;
        for (int i = 0; i < Columns; i += 8)
        {
            var x = Vector256.Load(result + i);
            var isFinite = Vector256.LessThan(Vector256.Abs(x), Vector256.Create(float.PositiveInfinity));
            zeros += Vector256<int>.One + isFinite.AsInt32();
            (x & isFinite).Store(values + i);
        }
        return Vector256.Sum(zeros);
    }

    /// <summary>The same for the first columns of a block.</summary>
    public static long Store(float* result, float* values, int count)
    {
        long notFinite = 0;
        for (int i = 0; i < count; i++)
        {
            bool isFinite = float.IsFinite(result[i]);
            notFinite += isFinite ? 0 : 1;
            values[i] = isFinite ? result[i] : 0f;
        }
        return notFinite;
    }

    static void Each<TStep>(float* a, float* b, float* c, float* target, int columns) where TStep : struct, IFormulaStep
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < columns; i += 16)
            {
                TStep.Do(Vector512.Load(a + i), Vector512.Load(b + i), Vector512.Load(c + i)).Store(target + i);
            }
            return;
        }
        for (int i = 0; i < columns; i += 8)
        {
            TStep.Do(Vector256.Load(a + i), Vector256.Load(b + i), Vector256.Load(c + i)).Store(target + i);
        }
    }
}

/// <summary>A step on vectors; operands that it does not have are loaded for nothing and left out by the compiler.</summary>
interface IFormulaStep
{
    static abstract Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c);

    static abstract Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c);
}
