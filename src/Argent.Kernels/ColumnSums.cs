using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>sums[d] += sum over rows m, in ascending order, of left[m, d] * right[m, d]; without right, of left[m, d].</summary>
static unsafe class ColumnSums
{
    /// <summary>Columns that are summed together: one cache line of every row.</summary>
    const int Block = 16;

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
        work.ColumnsPerChunk = Math.Max(Block, Chunks.Elements / Math.Max(1, work.Rows) / Block * Block);
        workers.Run(ref work, checked((int)((work.Columns + work.ColumnsPerChunk - 1) / work.ColumnsPerChunk)));
    }

    struct Work : IChunkedWork
    {
        public float* Left;
        public float* Right;
        public float* Sums;
        public long Rows;
        public long Columns;
        public long ColumnsPerChunk;

        public readonly void Run(int chunk)
        {
            long column = chunk * ColumnsPerChunk;
            long last = Math.Min(Columns, column + ColumnsPerChunk);
            for (; column + Block <= last; column += Block) AddBlock(column);
            for (; column < last; column++) AddColumn(column);
        }

        /// <summary>In float64, as sums of many rows lose digits in float32.</summary>
        readonly void AddBlock(long first)
        {
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
            for (long m = 0; m < Rows; m++)
            {
                long at = (m * Columns) + first;
                s0 += Four(at);
                s1 += Four(at + 4);
                s2 += Four(at + 8);
                s3 += Four(at + 12);
            }
            (Vector256.Load(Sums + first) + Vector256.Narrow(s0, s1)).Store(Sums + first);
            (Vector256.Load(Sums + first + 8) + Vector256.Narrow(s2, s3)).Store(Sums + first + 8);
        }

        readonly void AddColumn(long column)
        {
            double sum = 0;
            for (long m = 0; m < Rows; m++)
            {
                long at = (m * Columns) + column;
                sum += Right == null ? Left[at] : (double)Left[at] * Right[at];
            }
            Sums[column] += (float)sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly Vector256<double> Four(long at)
        {
            var left = Widen(Vector128.Load(Left + at));
            return Right == null ? left : left * Widen(Vector128.Load(Right + at));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<double> Widen(Vector128<float> x) =>
            Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));
    }
}
