using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The product of rows with packed panels. With AVX-512 it takes 12 rows at a time, then 4, then single ones; without,
/// single rows only.
/// </summary>
static unsafe class PanelGemm
{
    /// <summary>Panels times depth that every tile row walks before the next: 256 KB of b in a second-level cache.</summary>
    const int PanelGroup = 4096;

    /// <summary>Panels of the widest tile.</summary>
    const int WidePanels = 8;

    /// <summary>Whether so many rows are multiplied here.</summary>
    public static bool Takes(in Gemm g, int rows) => IsWide(g) || rows == 1;

    static bool IsWide(in Gemm g) => Avx512F.IsSupported && !g.IsNarrow;

    /// <summary>Panels of a tile; eight sums of one row hide the time of an addition.</summary>
    static int Width(in Gemm g, int rows) => rows switch
    {
        WideTiles.Tall => 2,
        WideTiles.Flat => 4,
        _ => IsWide(g) ? WidePanels : 4,
    };

    /// <summary>Computes rows [first, first + count) of <paramref name="panels"/> panels, on the calling thread.</summary>
    public static void Run(in PanelBlock block, (int First, int Count) rows, int panels)
    {
        int depth = block.Gemm.K, end = rows.First + rows.Count;
        for (int k = 0; k < depth; k += Gemm.DepthBlock)
        {
            var slice = (Start: k, Depth: Math.Min(Gemm.DepthBlock, depth - k));
            int group = Math.Max(WidePanels, PanelGroup / slice.Depth / WidePanels * WidePanels);
            for (int p = 0; p < panels; p += group)
            {
                var some = (First: p, Count: Math.Min(group, panels - p));
                int row = rows.First;
                for (; row + WideTiles.Tall <= end; row += WideTiles.Tall) RunRows(block, (row, WideTiles.Tall), some, slice);
                for (; row + WideTiles.Flat <= end; row += WideTiles.Flat) RunRows(block, (row, WideTiles.Flat), some, slice);
                for (; row < end; row++) RunRows(block, (row, 1), some, slice);
            }
        }
    }

    static void RunRows(
        in PanelBlock block, (int First, int Count) rows, (int First, int Count) panels, (int Start, int Depth) slice)
    {
        long panelSize = (long)block.Gemm.K * GemmTiles.Columns;
        int width = Width(block.Gemm, rows.Count);
        var operands = new WideOperands
        {
            A = block.Gemm.A + (rows.First * block.Gemm.ARow) + slice.Start,
            RowStep = (nint)block.Gemm.ARow,
            Depth = slice.Depth,
            Adds = block.Gemm.Accumulate || slice.Start > 0,
        };
        for (int p = 0; p < panels.Count;)
        {
            // Panels that do not fill a tile are computed one by one: the tile then reads one panel over and over.
            bool fills = p + width <= panels.Count;
            operands.B = block.Panels + ((panels.First + p) * panelSize) + (slice.Start * GemmTiles.Columns);
            operands.PanelStep = fills ? (nint)panelSize : 0;
            int count = fills ? width : 1, column = (block.FirstPanel + panels.First + p) * GemmTiles.Columns;
            RunTile(block.Gemm, operands, rows, (column, count * GemmTiles.Columns));
            p += count;
        }
    }

    static void RunTile(in Gemm g, WideOperands operands, (int First, int Count) rows, (int First, int Count) columns)
    {
        int wanted = Math.Min(columns.Count, g.N - columns.First);
        float* c = g.C + (rows.First * g.CRow) + columns.First;
        int width = Width(g, rows.Count) * GemmTiles.Columns;
        if (wanted == width)
        {
            operands.OutputStep = (nint)g.CRow;
            Multiply(g, operands, rows.Count, c);
        }
        else
        {
            // What the output does not hold whole is computed beside it, then copied.
            float* tile = stackalloc float[WideTiles.Tall * 32];
            operands.OutputStep = width;
            if (operands.Adds) Copy(c, g.CRow, tile, width, (rows.Count, wanted));
            if (operands.PanelStep == 0 && rows.Count == 1) OnePanel(operands, tile);
            else Multiply(g, operands, rows.Count, tile);
            Copy(tile, width, c, g.CRow, (rows.Count, wanted));
        }
        bool isLast = operands.A + operands.Depth == g.A + (rows.First * g.ARow) + g.K;
        if (isLast && (g.Bias != null || g.Activation != Activation.None)) Finish(g, c, rows.Count, (columns.First, wanted));
    }

    static void Multiply(in Gemm g, in WideOperands operands, int rows, float* c)
    {
        if (rows == WideTiles.Tall) WideTiles.TwelveRows(operands, c);
        else if (rows == WideTiles.Flat) WideTiles.FourRows(operands, c);
        else if (IsWide(g)) WideTiles.OneRow(operands, c);
        else GemmTiles.WideRow(operands, c);
    }

    static void OnePanel(in WideOperands t, float* c) =>
        GemmTiles.OneRow(new TileOperands { A = t.A, DepthStep = 1, B = t.B, Depth = t.Depth }, c, t.Adds);

    static void Finish(in Gemm g, float* c, int rows, (int First, int Count) columns)
    {
        float* bias = g.Bias == null ? null : g.Bias + columns.First;
        for (int r = 0; r < rows; r++, c += g.CRow)
        {
            int n = 0;
            for (; IsWide(g) && n + 16 <= columns.Count; n += 16)
            {
                // -0 is the number that changes nothing: 0 would turn -0 into 0.
                var b = bias == null ? Vector512.Create(-0f) : Avx512F.LoadVector512(bias + n);
                Avx512F.Store(c + n, WideExponentials.Apply(g.Activation, Avx512F.Add(Avx512F.LoadVector512(c + n), b)));
            }
            for (; n + 8 <= columns.Count; n += 8)
            {
                var b = bias == null ? Vector256.Create(-0f) : Avx.LoadVector256(bias + n);
                Avx.Store(c + n, Exponentials.Apply(g.Activation, Avx.Add(Avx.LoadVector256(c + n), b)));
            }
            if (n == columns.Count) continue;
            var rest = Vector256<float>.Zero;
            for (int i = n; i < columns.Count; i++) rest = rest.WithElement(i - n, bias == null ? c[i] : c[i] + bias[i]);
            rest = Exponentials.Apply(g.Activation, rest);
            for (int i = n; i < columns.Count; i++) c[i] = rest[i - n];
        }
    }

    static void Copy(float* from, long fromStep, float* to, long toStep, (int Rows, int Columns) extent)
    {
        for (int r = 0; r < extent.Rows; r++)
        {
            Unsafe.CopyBlockUnaligned(to + (r * toStep), from + (r * fromStep), (uint)extent.Columns * sizeof(float));
        }
    }
}

/// <summary>Some panels of a product.</summary>
/// <param name="gemm">The product.</param>
/// <param name="panels">The first of the panels.</param>
/// <param name="firstPanel">Which panel of the product that is.</param>
readonly unsafe struct PanelBlock(in Gemm gemm, float* panels, int firstPanel)
{
    public readonly Gemm Gemm = gemm;
    public readonly float* Panels = panels;
    public readonly int FirstPanel = firstPanel;
}
