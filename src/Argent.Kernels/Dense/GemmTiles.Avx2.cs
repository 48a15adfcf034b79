using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>The innermost loops of the matrix product: tiles of 6 x 16 sums, which with one row of b fill 15 of the 16 registers.</summary>
static unsafe class GemmTiles
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 16;

    /// <summary>c[r, n] (+)= sum over k of a[r * rowStep + k * depthStep] * b[k * 16 + n] for 6 rows and 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void SixRows(in TileOperands t, float* c, bool accumulate)
    {
        float* a = t.A;
        float* b = t.B;
        nint row = t.RowStep, step = t.DepthStep;
        float* a3 = a + (3 * row);
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (int k = t.Depth; k > 0; k--)
        {
            var b0 = Avx.LoadVector256(b);
            var b1 = Avx.LoadVector256(b + 8);
            var x0 = Avx.BroadcastScalarToVector256(a);
            c00 = Fma.MultiplyAdd(x0, b0, c00);
            c01 = Fma.MultiplyAdd(x0, b1, c01);
            var x1 = Avx.BroadcastScalarToVector256(a + row);
            c10 = Fma.MultiplyAdd(x1, b0, c10);
            c11 = Fma.MultiplyAdd(x1, b1, c11);
            var x2 = Avx.BroadcastScalarToVector256(a + (2 * row));
            c20 = Fma.MultiplyAdd(x2, b0, c20);
            c21 = Fma.MultiplyAdd(x2, b1, c21);
            var x3 = Avx.BroadcastScalarToVector256(a3);
            c30 = Fma.MultiplyAdd(x3, b0, c30);
            c31 = Fma.MultiplyAdd(x3, b1, c31);
            var x4 = Avx.BroadcastScalarToVector256(a3 + row);
            c40 = Fma.MultiplyAdd(x4, b0, c40);
            c41 = Fma.MultiplyAdd(x4, b1, c41);
            var x5 = Avx.BroadcastScalarToVector256(a3 + (2 * row));
            c50 = Fma.MultiplyAdd(x5, b0, c50);
            c51 = Fma.MultiplyAdd(x5, b1, c51);
            a += step;
            a3 += step;
            b += Columns;
        }
        nint next = t.OutputStep;
        Store(c, c00, c01, accumulate);
        Store(c + next, c10, c11, accumulate);
        Store(c + (2 * next), c20, c21, accumulate);
        Store(c + (3 * next), c30, c31, accumulate);
        Store(c + (4 * next), c40, c41, accumulate);
        Store(c + (5 * next), c50, c51, accumulate);
    }

    /// <summary>The same for one row; every sum runs in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void OneRow(in TileOperands t, float* c, bool accumulate)
    {
        float* a = t.A;
        float* b = t.B;
        Vector256<float> c00 = default, c01 = default;
        for (int k = t.Depth; k > 0; k--)
        {
            var x = Avx.BroadcastScalarToVector256(a);
            c00 = Fma.MultiplyAdd(x, Avx.LoadVector256(b), c00);
            c01 = Fma.MultiplyAdd(x, Avx.LoadVector256(b + 8), c01);
            a += t.DepthStep;
            b += Columns;
        }
        Store(c, c00, c01, accumulate);
    }

    /// <summary>The same for one row and the 64 columns of four panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void WideRow(in WideOperands t, float* c)
    {
        float* a = t.A;
        float* b = t.B;
        nint panel = t.PanelStep;
        float* b2 = b + (2 * panel);
        Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector256<float> c4 = default, c5 = default, c6 = default, c7 = default;
        for (int k = t.Depth; k > 0; k--, b += Columns, b2 += Columns)
        {
            var x = Avx.BroadcastScalarToVector256(a++);
            c0 = Fma.MultiplyAdd(x, Avx.LoadVector256(b), c0);
            c1 = Fma.MultiplyAdd(x, Avx.LoadVector256(b + 8), c1);
            c2 = Fma.MultiplyAdd(x, Avx.LoadVector256(b + panel), c2);
            c3 = Fma.MultiplyAdd(x, Avx.LoadVector256(b + panel + 8), c3);
            c4 = Fma.MultiplyAdd(x, Avx.LoadVector256(b2), c4);
            c5 = Fma.MultiplyAdd(x, Avx.LoadVector256(b2 + 8), c5);
            c6 = Fma.MultiplyAdd(x, Avx.LoadVector256(b2 + panel), c6);
            c7 = Fma.MultiplyAdd(x, Avx.LoadVector256(b2 + panel + 8), c7);
        }
        Store(c, c0, c1, t.Adds);
        Store(c + 16, c2, c3, t.Adds);
        Store(c + 32, c4, c5, t.Adds);
        Store(c + 48, c6, c7, t.Adds);
    }

    /// <summary>c[r, n] = activation(c[r, n] + bias[n]) for 6 rows and 16 columns; bias may be null.</summary>
    public static void Finish(float* c, nint next, float* bias, Activation activation)
    {
        // -0 is the number that changes nothing: 0 would turn -0 into 0.
        var b0 = bias == null ? Vector256.Create(-0f) : Avx.LoadVector256(bias);
        var b1 = bias == null ? Vector256.Create(-0f) : Avx.LoadVector256(bias + 8);
        for (int r = 0; r < Rows; r++)
        {
            Avx.Store(c, Exponentials.Apply(activation, Avx.Add(Avx.LoadVector256(c), b0)));
            Avx.Store(c + 8, Exponentials.Apply(activation, Avx.Add(Avx.LoadVector256(c + 8), b1)));
            c += next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* c, Vector256<float> c0, Vector256<float> c1, bool accumulate)
    {
        if (accumulate)
        {
            c0 = Avx.Add(Avx.LoadVector256(c), c0);
            c1 = Avx.Add(Avx.LoadVector256(c + 8), c1);
        }
        Avx.Store(c, c0);
        Avx.Store(c + 8, c1);
    }
}

/// <summary>Where a tile reads; steps in elements.</summary>
unsafe struct TileOperands
{
    public float* A;
    public nint RowStep;
    public nint DepthStep;

    /// <summary>A packed panel: 16 columns, row by row.</summary>
    public float* B;

    public int Depth;

    /// <summary>From one output row to the next.</summary>
    public nint OutputStep;
}
