using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Rows of a matrix in panels of 16, as the matrix product reads them: for weights and centroids that are multiplied many
/// times. A product with panels has the bits of the product with the rows.
/// </summary>
public static unsafe class RowPanels
{
    /// <summary>The panels of rows [N, K]: [⌈N / 16⌉, K, 16] float32, element (n, k) at (n / 16, k, n % 16), zero past row N.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="workers">Threads to use; null for the caller alone.</param>
    public static Tensor<float> Of(Tensor<float> rows, Workers? workers = null)
    {
        Checks.Rank("RowPanels: rows", rows, 2);
        var panels = Tensor.Zeros<float>(ShapeOf(rows.Shape));
        Pack(rows, panels.Pointer, workers);
        return panels;
    }

    /// <summary>The same panels rounded to bfloat16, for serving: half the memory.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="workers">Threads to use; null for the caller alone.</param>
    public static Tensor<BFloat16> OfBFloat16(Tensor<float> rows, Workers? workers = null)
    {
        var wide = Of(rows, workers);
        var panels = Tensor.Zeros<BFloat16>(wide.Shape);
        for (long i = 0; i < wide.Count; i++) panels.Pointer[i] = (BFloat16)wide.Pointer[i];
        return panels;
    }

    /// <summary>The panels of bfloat16 rows, as they are.</summary>
    /// <param name="rows">The rows.</param>
    public static Tensor<BFloat16> OfBFloat16(Tensor<BFloat16> rows)
    {
        Checks.Rank("RowPanels: rows", rows, 2);
        long count = rows.Shape[0], depth = rows.Shape[1];
        var panels = Tensor.Zeros<BFloat16>(ShapeOf(rows.Shape));
        for (long n = 0; n < count; n++)
        {
            BFloat16* panel = panels.Pointer + (n / GemmTiles.Columns * depth * GemmTiles.Columns) + (n % GemmTiles.Columns);
            for (long k = 0; k < depth; k++) panel[k * GemmTiles.Columns] = rows.Pointer[(n * depth) + k];
        }
        return panels;
    }

    /// <summary>The shape of the panels of rows of a shape.</summary>
    public static Shape ShapeOf(Shape rows) => new((rows[0] + GemmTiles.Columns - 1) / GemmTiles.Columns, rows[1], GemmTiles.Columns);

    /// <summary>Writes the panels of rows to where there is room for them.</summary>
    internal static void Pack(in Tensor<float> rows, float* panels, Workers? workers)
    {
        var work = new PackWork
        {
            Panels = panels,
            Rows = new Gemm
            {
                B = rows.Pointer,
                BRow = 1,
                BColumn = rows.Shape[1],
                N = checked((int)rows.Shape[0]),
                K = checked((int)rows.Shape[1]),
            },
        };
        int count = (work.Rows.N + GemmTiles.Columns - 1) / GemmTiles.Columns;
        if (workers is null)
        {
            for (int panel = 0; panel < count; panel++) work.Run(panel);
        }
        else workers.Run(ref work, count);
    }

    struct PackWork : IChunkedWork
    {
        public Gemm Rows;
        public float* Panels;

        public readonly void Run(int chunk) => GemmPacking.Panel(
            Rows, 0, Rows.K, chunk * GemmTiles.Columns, Panels + ((long)chunk * Rows.K * GemmTiles.Columns));
    }
}
