using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Copies blocks of operands into the order in which the tiles read them.</summary>
static unsafe class GemmPacking
{
    const int Columns = GemmTiles.Columns;
    const int Rows = GemmTiles.Rows;

    /// <summary>panel[k * 16 + n] = b[k, n] for depths [k, k + depth) and columns [n, n + 16); zero past column N.</summary>
    public static void Panel(in Gemm g, int k, int depth, int n, float* panel)
    {
        float* b = g.B + (k * g.BRow) + (n * g.BColumn);
        int columns = Math.Min(Columns, g.N - n);
        if (columns == Columns && g.BColumn == 1) CopyRows(b, g.BRow, depth, panel);
        else if (columns == Columns && g.BRow == 1) Transpose(b, g.BColumn, depth, panel);
        else CopyElements(b, g, (depth, columns), panel);
    }

    /// <summary>block[k * 6 + r] = a[m + r, k] for one group of up to 6 rows; zero past row M.</summary>
    public static void Rows6(in Gemm g, int m, int k, int depth, float* block)
    {
        float* a = g.A + (m * g.ARow) + (k * g.AColumn);
        int rows = Math.Min(Rows, g.M - m);
        if (rows == Rows && g.ARow == 1)
        {
            for (int d = 0; d < depth; d++)
            {
                // 4 and 2: six floats of a row of the untransposed matrix.
                Sse.Store(block + (d * Rows), Sse.LoadVector128(a + (d * g.AColumn)));
                *(double*)(block + (d * Rows) + 4) = *(double*)(a + (d * g.AColumn) + 4);
            }
            return;
        }
        for (int d = 0; d < depth; d++)
        {
            for (int r = 0; r < Rows; r++) block[(d * Rows) + r] = r < rows ? a[(r * g.ARow) + (d * g.AColumn)] : 0f;
        }
    }

    static void CopyRows(float* b, long step, int depth, float* panel)
    {
        for (int k = 0; k < depth; k++)
        {
            Avx.Store(panel, Avx.LoadVector256(b));
            Avx.Store(panel + 8, Avx.LoadVector256(b + 8));
            b += step;
            panel += Columns;
        }
    }

    static void CopyElements(float* b, in Gemm g, (int Depth, int Columns) extent, float* panel)
    {
        for (int k = 0; k < extent.Depth; k++)
        {
            for (int n = 0; n < Columns; n++)
            {
                panel[(k * Columns) + n] = n < extent.Columns ? b[(k * g.BRow) + (n * g.BColumn)] : 0f;
            }
        }
    }

    static void Transpose(float* b, long step, int depth, float* panel)
    {
        int k = 0;
        for (; k + 8 <= depth; k += 8)
        {
            Transpose8(b + k, step, panel + (k * Columns));
            Transpose8(b + k + (8 * step), step, panel + (k * Columns) + 8);
        }
        for (; k < depth; k++)
        {
            for (int n = 0; n < Columns; n++) panel[(k * Columns) + n] = b[k + (n * step)];
        }
    }

    /// <summary>An 8 x 8 block: rows of <paramref name="b"/> become columns of the panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose8(float* b, long step, float* panel)
    {
        var (r0, r1) = Pair(b, 4 * step);
        var (r2, r3) = Pair(b + step, 4 * step);
        var (r4, r5) = Pair(b + (2 * step), 4 * step);
        var (r6, r7) = Pair(b + (3 * step), 4 * step);
        Transpose4(r0, r2, r4, r6, panel);
        Transpose4(r1, r3, r5, r7, panel + (4 * Columns));
    }

    /// <summary>Rows r and r + 4: their first halves together, then their second halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Pair(float* b, long four) => (
        Avx.InsertVector128(Avx.LoadVector128(b).ToVector256Unsafe(), Avx.LoadVector128(b + four), 1),
        Avx.InsertVector128(Avx.LoadVector128(b + 4).ToVector256Unsafe(), Avx.LoadVector128(b + four + 4), 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose4(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* panel)
    {
        var low01 = Avx.UnpackLow(r0, r1);
        var high01 = Avx.UnpackHigh(r0, r1);
        var low23 = Avx.UnpackLow(r2, r3);
        var high23 = Avx.UnpackHigh(r2, r3);
        Avx.Store(panel, Avx.Shuffle(low01, low23, 0x44));
        Avx.Store(panel + Columns, Avx.Shuffle(low01, low23, 0xEE));
        Avx.Store(panel + (2 * Columns), Avx.Shuffle(high01, high23, 0x44));
        Avx.Store(panel + (3 * Columns), Avx.Shuffle(high01, high23, 0xEE));
    }
}
