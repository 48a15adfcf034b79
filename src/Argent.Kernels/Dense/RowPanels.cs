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
