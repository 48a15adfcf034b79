using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Argent.Kernels;

/// <summary>Every step of a formula but the power, on vectors of either width.</summary>
static class FormulaSteps
{
    /// <summary>a + b.</summary>
    public readonly struct Add : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => a + b;
    }

    /// <summary>a - b.</summary>
    public readonly struct Subtract : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => a - b;
    }

    /// <summary>a * b.</summary>
    public readonly struct Multiply : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => a * b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => a * b;
    }

    /// <summary>a / b, 0 when b is 0.</summary>
    public readonly struct Divide : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.AndNot(a / b, Vector256.Equals(b, Vector256<float>.Zero));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.AndNot(a / b, Vector512.Equals(b, Vector512<float>.Zero));
    }

    /// <summary>-a.</summary>
    public readonly struct Negate : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => -a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => -a;
    }

    /// <summary>The smaller.</summary>
    public readonly struct Min : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Min(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Min(a, b);
    }

    /// <summary>The larger.</summary>
    public readonly struct Max : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Max(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Max(a, b);
    }

    /// <summary>|a|.</summary>
    public readonly struct Abs : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Abs(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Abs(a);
    }

    /// <summary>e^a.</summary>
    public readonly struct Exp : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Exp(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Exp(a);
    }

    /// <summary>Natural logarithm.</summary>
    public readonly struct Log : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Log(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Log(a);
    }

    /// <summary>Square root.</summary>
    public readonly struct Sqrt : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.Sqrt(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.Sqrt(a);
    }

    /// <summary>1 / (1 + e^-a).</summary>
    public readonly struct Sigmoid : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.Create(1f) / (Vector256.Create(1f) + Vector256.Exp(-a));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.Create(1f) / (Vector512.Create(1f) + Vector512.Exp(-a));
    }

    /// <summary>1 where a &lt; b.</summary>
    public readonly struct Less : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.LessThan(a, b) & Vector256.Create(1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.LessThan(a, b) & Vector512.Create(1f);
    }

    /// <summary>1 where a &lt;= b.</summary>
    public readonly struct LessOrEqual : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.LessThanOrEqual(a, b) & Vector256.Create(1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.LessThanOrEqual(a, b) & Vector512.Create(1f);
    }

    /// <summary>1 where a = b.</summary>
    public readonly struct Equal : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.Equals(a, b) & Vector256.Create(1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.Equals(a, b) & Vector512.Create(1f);
    }

    /// <summary>1 where both are true.</summary>
    public readonly struct And : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.AndNot(Vector256.Create(1f), Vector256.Equals(a, Vector256<float>.Zero) | Vector256.Equals(b, Vector256<float>.Zero));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.AndNot(Vector512.Create(1f), Vector512.Equals(a, Vector512<float>.Zero) | Vector512.Equals(b, Vector512<float>.Zero));
    }

    /// <summary>1 where either is true.</summary>
    public readonly struct Or : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.AndNot(Vector256.Create(1f), Vector256.Equals(a, Vector256<float>.Zero) & Vector256.Equals(b, Vector256<float>.Zero));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.AndNot(Vector512.Create(1f), Vector512.Equals(a, Vector512<float>.Zero) & Vector512.Equals(b, Vector512<float>.Zero));
    }

    /// <summary>1 where a is 0.</summary>
    public readonly struct Not : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.Equals(a, Vector256<float>.Zero) & Vector256.Create(1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.Equals(a, Vector512<float>.Zero) & Vector512.Create(1f);
    }

    /// <summary>b where a is true, else c.</summary>
    public readonly struct Select : IFormulaStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.ConditionalSelect(Vector256.Equals(a, Vector256<float>.Zero), c, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.ConditionalSelect(Vector512.Equals(a, Vector512<float>.Zero), c, b);
    }
}
