using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// Tiles of the matrix product with 512-bit vectors: one vector is one row of a panel. Every sum runs in the order of
/// <see cref="GemmTiles"/>, so both give the same bits.
/// </summary>
static unsafe class WideTiles
{
    /// <summary>Rows of the tall tile: with two panels its 24 sums, two rows of b and a number of a fill 27 of the 32 registers.</summary>
    public const int Tall = 12;

    /// <summary>Rows of the flat tile, on four panels.</summary>
    public const int Flat = 4;

    /// <summary>c[r, n] (+)= sum over k of a[r, k] * b[k, n] for 12 rows and the 32 columns of two panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void TwelveRows(in WideOperands t, float* c)
    {
        float* b = t.B;
        nint row = t.RowStep, row2 = 2 * t.RowStep, panel = t.PanelStep, next = t.OutputStep;
        float* a = t.A, a3 = a + (3 * row), a6 = a3 + (3 * row), a9 = a6 + (3 * row);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        Vector512<float> c80 = default, c81 = default;
        Vector512<float> c90 = default, c91 = default, cA0 = default, cA1 = default, cB0 = default, cB1 = default;
        Ask(c, next);
        for (int k = t.Depth; k > 0; k--, a++, a3++, a6++, a9++, b += GemmTiles.Columns)
        {
            var b0 = Avx512F.LoadVector512(b);
            var b1 = Avx512F.LoadVector512(b + panel);
            var x = Vector512.Create(*a);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, b1, c01);
            x = Vector512.Create(a[row]);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, b1, c11);
            x = Vector512.Create(a[row2]);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, b1, c21);
            x = Vector512.Create(*a3);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, b1, c31);
            x = Vector512.Create(a3[row]);
            c40 = Avx512F.FusedMultiplyAdd(x, b0, c40);
            c41 = Avx512F.FusedMultiplyAdd(x, b1, c41);
            x = Vector512.Create(a3[row2]);
            c50 = Avx512F.FusedMultiplyAdd(x, b0, c50);
            c51 = Avx512F.FusedMultiplyAdd(x, b1, c51);
            x = Vector512.Create(*a6);
            c60 = Avx512F.FusedMultiplyAdd(x, b0, c60);
            c61 = Avx512F.FusedMultiplyAdd(x, b1, c61);
            x = Vector512.Create(a6[row]);
            c70 = Avx512F.FusedMultiplyAdd(x, b0, c70);
            c71 = Avx512F.FusedMultiplyAdd(x, b1, c71);
            x = Vector512.Create(a6[row2]);
            c80 = Avx512F.FusedMultiplyAdd(x, b0, c80);
            c81 = Avx512F.FusedMultiplyAdd(x, b1, c81);
            x = Vector512.Create(*a9);
            c90 = Avx512F.FusedMultiplyAdd(x, b0, c90);
            c91 = Avx512F.FusedMultiplyAdd(x, b1, c91);
            x = Vector512.Create(a9[row]);
            cA0 = Avx512F.FusedMultiplyAdd(x, b0, cA0);
            cA1 = Avx512F.FusedMultiplyAdd(x, b1, cA1);
            x = Vector512.Create(a9[row2]);
            cB0 = Avx512F.FusedMultiplyAdd(x, b0, cB0);
            cB1 = Avx512F.FusedMultiplyAdd(x, b1, cB1);
        }
        Store(c, c00, c01, t.Adds);
        Store(c + (1 * next), c10, c11, t.Adds);
        Store(c + (2 * next), c20, c21, t.Adds);
        Store(c + (3 * next), c30, c31, t.Adds);
        Store(c + (4 * next), c40, c41, t.Adds);
        Store(c + (5 * next), c50, c51, t.Adds);
        Store(c + (6 * next), c60, c61, t.Adds);
        Store(c + (7 * next), c70, c71, t.Adds);
        Store(c + (8 * next), c80, c81, t.Adds);
        Store(c + (9 * next), c90, c91, t.Adds);
        Store(c + (10 * next), cA0, cA1, t.Adds);
        Store(c + (11 * next), cB0, cB1, t.Adds);
    }

    /// <summary>The same for 4 rows and the 64 columns of four panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void FourRows(in WideOperands t, float* c)
    {
        float* a = t.A, b = t.B;
        nint row = t.RowStep, panel = t.PanelStep, next = t.OutputStep;
        float* a2 = a + (2 * row), bb = b + (2 * panel);
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        for (int k = t.Depth; k > 0; k--, a++, a2++, b += GemmTiles.Columns, bb += GemmTiles.Columns)
        {
            var b0 = Avx512F.LoadVector512(b);
            var b1 = Avx512F.LoadVector512(b + panel);
            var b2 = Avx512F.LoadVector512(bb);
            var b3 = Avx512F.LoadVector512(bb + panel);
            var x = Vector512.Create(*a);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, b1, c01);
            c02 = Avx512F.FusedMultiplyAdd(x, b2, c02);
            c03 = Avx512F.FusedMultiplyAdd(x, b3, c03);
            x = Vector512.Create(a[row]);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, b1, c11);
            c12 = Avx512F.FusedMultiplyAdd(x, b2, c12);
            c13 = Avx512F.FusedMultiplyAdd(x, b3, c13);
            x = Vector512.Create(*a2);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, b1, c21);
            c22 = Avx512F.FusedMultiplyAdd(x, b2, c22);
            c23 = Avx512F.FusedMultiplyAdd(x, b3, c23);
            x = Vector512.Create(a2[row]);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, b1, c31);
            c32 = Avx512F.FusedMultiplyAdd(x, b2, c32);
            c33 = Avx512F.FusedMultiplyAdd(x, b3, c33);
        }
        Store(c, c00, c01, t.Adds);
        Store(c + 32, c02, c03, t.Adds);
        Store(c + (1 * next), c10, c11, t.Adds);
        Store(c + (1 * next) + 32, c12, c13, t.Adds);
        Store(c + (2 * next), c20, c21, t.Adds);
        Store(c + (2 * next) + 32, c22, c23, t.Adds);
        Store(c + (3 * next), c30, c31, t.Adds);
        Store(c + (3 * next) + 32, c32, c33, t.Adds);
    }

    /// <summary>The same for one row and the 128 columns of eight panels: as many sums as hide the time of one addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void OneRow(in WideOperands t, float* c)
    {
        float* a = t.A, b = t.B;
        nint panel = t.PanelStep, panel2 = 2 * t.PanelStep;
        float* b3 = b + (3 * panel), b6 = b3 + (3 * panel);
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> c4 = default, c5 = default, c6 = default, c7 = default;
        for (nint end = t.Depth * GemmTiles.Columns, k = 0; k < end; k += GemmTiles.Columns)
        {
            var x = Vector512.Create(*a++);
            c0 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b + k), c0);
            c1 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b + k + panel), c1);
            c2 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b + k + panel2), c2);
            c3 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b3 + k), c3);
            c4 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b3 + k + panel), c4);
            c5 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b3 + k + panel2), c5);
            c6 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b6 + k), c6);
            c7 = Avx512F.FusedMultiplyAdd(x, Avx512F.LoadVector512(b6 + k + panel), c7);
        }
        Store(c, c0, c1, t.Adds);
        Store(c + 32, c2, c3, t.Adds);
        Store(c + 64, c4, c5, t.Adds);
        Store(c + 96, c6, c7, t.Adds);
    }

    /// <summary>Asks memory for the lines of a tall tile's output, which arrive while its sums are computed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Ask(float* c, nint next)
    {
        for (int r = 0; r < Tall; r++, c += next)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* c, Vector512<float> c0, Vector512<float> c1, bool adds)
    {
        if (adds)
        {
            c0 = Avx512F.Add(Avx512F.LoadVector512(c), c0);
            c1 = Avx512F.Add(Avx512F.LoadVector512(c + 16), c1);
        }
        Avx512F.Store(c, c0);
        Avx512F.Store(c + 16, c1);
    }
}

/// <summary>Where a wide tile reads and how it writes; steps in elements.</summary>
unsafe struct WideOperands
{
    /// <summary>First row; its numbers are contiguous.</summary>
    public float* A;
    public nint RowStep;

    /// <summary>First panel.</summary>
    public float* B;
    public nint PanelStep;
    public int Depth;

    /// <summary>From one output row to the next.</summary>
    public nint OutputStep;

    /// <summary>Whether sums are added to what is there.</summary>
    public bool Adds;
}
