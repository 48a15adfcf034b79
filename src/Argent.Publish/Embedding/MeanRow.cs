using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The mean of all rows, summed in float64 in an order that does not depend on the number of threads.</summary>
static unsafe class MeanRow
{
    const int ChunkRows = 4096;

    /// <summary>[D] float32.</summary>
    public static Tensor<float> Of(in Tensor<float> rows, Workers workers)
    {
        int dim = (int)rows.Shape[1], chunks = (int)((rows.Shape[0] + ChunkRows - 1) / ChunkRows);
        double[] partial = new double[chunks * dim];
        fixed (double* sums = partial)
        {
            var work = new SumOfChunk { Values = rows.Pointer, Rows = rows.Shape[0], Dim = dim, Sums = sums };
            workers.Run(ref work, chunks);
        }
        var mean = Tensor.Zeros<float>(new Shape(dim));
        for (int d = 0; d < dim; d++)
        {
            double sum = 0;
            for (int c = 0; c < chunks; c++) sum += partial[c * dim + d];
            mean[d] = (float)(sum / rows.Shape[0]);
        }
        return mean;
    }

    struct SumOfChunk : IChunkedWork
    {
        public float* Values;
        public long Rows;
        public int Dim;
        public double* Sums;

        public readonly void Run(int chunk)
        {
            double* sums = Sums + (long)chunk * Dim;
            long last = Math.Min(Rows, (chunk + 1L) * ChunkRows);
            for (long r = (long)chunk * ChunkRows; r < last; r++)
            {
                float* row = Values + r * Dim;
                for (int d = 0; d < Dim; d++) sums[d] += row[d];
            }
        }
    }
}
