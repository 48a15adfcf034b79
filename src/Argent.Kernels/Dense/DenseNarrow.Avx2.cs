using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// A layer of few outputs over many rows, such as one logit a task: a tile of 16 columns would compute mostly what nobody
/// reads. Rows and outputs change places: each output's weights are one row times the inputs as contiguous columns. Sums run
/// in the order of the tiles, so the bits are theirs.
/// </summary>
static unsafe class DenseNarrowAvx2
{
    /// <summary>The most outputs that are computed here.</summary>
    public const int OutputsMax = 4;

    /// <summary>The fewest rows.</summary>
    public const int RowsMin = 16;

    // Rows of a chunk: 32 inputs of them are 64 KB.
    const int ChunkRows = 512;

    /// <summary>Whether the product is computed here.</summary>
    public static bool Takes(in Gemm g) =>
        g.BFloat16Panels != null && g.N <= OutputsMax && g.M >= RowsMin && g.K > 0 && g.AColumn == 1 && !g.Accumulate;

    /// <summary>Computes all rows.</summary>
    public static void Run(in Gemm g, Workers workers)
    {
        var work = new Work { Gemm = g };
        workers.Run(ref work, (g.M + ChunkRows - 1) / ChunkRows);
    }

    struct Work : IChunkedWork
    {
        public Gemm Gemm;

        public readonly void Run(int chunk)
        {
            int first = chunk * ChunkRows, rows = Math.Min(ChunkRows, Gemm.M - first), depth = Gemm.K;
            float* weights = (float*)ThreadMemory.ForChunk((depth + ChunkRows) * sizeof(float)), sums = weights + depth;
            for (int n = 0; n < Gemm.N; n++)
            {
                for (int k = 0; k < depth; k++)
                {
                    weights[k] = BitConverter.Int32BitsToSingle(Gemm.BFloat16Panels[(k * GemmTiles.Columns) + n] << 16);
                }
                GemvAvx2.Columns(new Gemm
                {
                    A = weights,
                    AColumn = 1,
                    B = Gemm.A + (first * Gemm.ARow),
                    BColumn = Gemm.ARow,
                    C = sums,
                    M = 1,
                    N = rows,
                    K = depth,
                });
                Finish(sums, rows, Gemm.Bias == null ? -0f : Gemm.Bias[n], Gemm.C + (first * Gemm.CRow) + n);
            }
        }

        /// <summary>Writes activation(sum + bias) to one column.</summary>
        readonly void Finish(float* sums, int rows, float bias, float* column)
        {
            for (int r = 0; r < rows; r += 8)
            {
                // The last vector reads behind the sums, inside the chunk's memory.
                var eight = Exponentials.Apply(Gemm.Activation, Avx.Add(Avx.LoadVector256(sums + r), Vector256.Create(bias)));
                int count = Math.Min(8, rows - r);
                for (int i = 0; i < count; i++, column += Gemm.CRow) *column = eight[i];
            }
        }
    }
}
