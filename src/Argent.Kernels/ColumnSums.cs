using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>sums[d] += sum over rows m, in ascending order, of left[m, d] * right[m, d]; without right, of left[m, d].</summary>
static unsafe class ColumnSums
{
    /// <summary>Columns of a chunk: one cache line of every row.</summary>
    const int ColumnsPerChunk = 16;

    public static void Add(in Tensor<float> left, in Tensor<float> sums, Workers workers) =>
        Add(left, default, sums, workers);

    public static void Add(in Tensor<float> left, in Tensor<float> right, in Tensor<float> sums, Workers workers)
    {
        if (sums.Count == 0) return;
        var work = new Work
        {
            Left = left.Pointer,
            Right = right.Pointer,
            Sums = sums.Pointer,
            Columns = sums.Count,
            Rows = left.Count / sums.Count,
        };
        workers.Run(ref work, checked((int)((work.Columns + ColumnsPerChunk - 1) / ColumnsPerChunk)));
    }

    struct Work : IChunkedWork
    {
        public float* Left;
        public float* Right;
        public float* Sums;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            long first = (long)chunk * ColumnsPerChunk;
            int count = (int)Math.Min(ColumnsPerChunk, Columns - first);
            // Sums of many rows lose digits in float32; a cache line of doubles costs nothing.
            double* sums = stackalloc double[ColumnsPerChunk];
            for (long m = 0; m < Rows; m++)
            {
                float* left = Left + (m * Columns) + first;
                float* right = Right + (m * Columns) + first;
                for (int d = 0; d < count; d++) sums[d] += Right == null ? left[d] : (double)left[d] * right[d];
            }
            for (int d = 0; d < count; d++) Sums[first + d] += (float)sums[d];
        }
    }
}
