using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Lengths and distances of rows, on all workers.</summary>
static unsafe class Distances
{
    const int ChunkRows = 512;

    /// <summary>Scalar product of two runs of numbers.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        var sum = Vector256<float>.Zero;
        int i = 0;
        for (; i + 8 <= count; i += 8) sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), sum);
        float total = Vector256.Sum(sum);
        for (; i < count; i++) total += a[i] * b[i];
        return total;
    }

    /// <summary>Writes |row|² of every row.</summary>
    /// <param name="rows">[n, D] float32.</param>
    /// <param name="squares">[n] float32, overwritten.</param>
    /// <param name="workers">Threads.</param>
    public static void Squares(in Tensor<float> rows, in Tensor<float> squares, Workers workers)
    {
        var work = new SquareOfRow
        {
            Rows = rows.Pointer,
            Squares = squares.Pointer,
            Count = rows.Shape[0],
            Dim = (int)rows.Shape.RowCount,
        };
        workers.Run(ref work, Chunks(rows.Shape[0]));
    }

    /// <summary>
    /// Lowers each row's weighted squared distance to that from <paramref name="point"/> where it is nearer, and adds up.
    /// </summary>
    /// <param name="rows">[n, D] float32.</param>
    /// <param name="weights">[n] float32.</param>
    /// <param name="point">[D] float32.</param>
    /// <param name="nearest">[n] float32, updated.</param>
    /// <param name="sums">[chunks] float64, the sum of each <see cref="ChunkRows"/> rows, overwritten.</param>
    /// <param name="workers">Threads.</param>
    public static void Lower(
        in Tensor<float> rows, float[] weights, float* point, in Tensor<float> nearest, double[] sums, Workers workers)
    {
        fixed (double* chunkSums = sums)
        fixed (float* rowWeights = weights)
        {
            var work = new NearestSoFar
            {
                Rows = rows.Pointer,
                Weights = rowWeights,
                Point = point,
                Nearest = nearest.Pointer,
                Sums = chunkSums,
                Count = rows.Shape[0],
                Dim = (int)rows.Shape.RowCount,
            };
            workers.Run(ref work, Chunks(rows.Shape[0]));
        }
    }

    /// <summary>Sums that <see cref="Lower"/> writes for <paramref name="rows"/> rows.</summary>
    public static int Chunks(long rows) => checked((int)((rows + ChunkRows - 1) / ChunkRows));

    /// <summary>Rows [first, last) of a chunk.</summary>
    public static (long First, long Last) Bounds(int chunk, long rows) =>
        ((long)chunk * ChunkRows, Math.Min(rows, (chunk + 1L) * ChunkRows));

    struct SquareOfRow : IChunkedWork
    {
        public float* Rows;
        public float* Squares;
        public long Count;
        public int Dim;

        public readonly void Run(int chunk)
        {
            var (first, last) = Bounds(chunk, Count);
            for (long r = first; r < last; r++) Squares[r] = Dot(Rows + r * Dim, Rows + r * Dim, Dim);
        }
    }

    struct NearestSoFar : IChunkedWork
    {
        public float* Rows;
        public float* Weights;
        public float* Point;
        public float* Nearest;
        public double* Sums;
        public long Count;
        public int Dim;

        public readonly void Run(int chunk)
        {
            var (first, last) = Bounds(chunk, Count);
            double sum = 0;
            for (long r = first; r < last; r++)
            {
                Nearest[r] = Math.Min(Nearest[r], Weights[r] * Distance(Rows + r * Dim));
                sum += Nearest[r];
            }
            Sums[chunk] = sum;
        }

        readonly float Distance(float* row)
        {
            var sum = Vector256<float>.Zero;
            int i = 0;
            for (; i + 8 <= Dim; i += 8)
            {
                var gap = Vector256.Load(row + i) - Vector256.Load(Point + i);
                sum = Vector256.FusedMultiplyAdd(gap, gap, sum);
            }
            float total = Vector256.Sum(sum);
            for (; i < Dim; i++) total += (row[i] - Point[i]) * (row[i] - Point[i]);
            return total;
        }
    }
}
