using System.Globalization;
using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Demands numbers that can be squared and summed in float32.</summary>
static unsafe class FiniteRows
{
    /// <summary>The largest magnitude: 4,096 squares of it stay below the largest float32, 3.4e38.</summary>
    public const float Largest = 1e17f;

    const int ChunkRows = 1024;

    /// <summary>Checks every row.</summary>
    /// <param name="rows">[R, D] float32.</param>
    /// <param name="ids">Ids of the rows, for the message.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="InvalidDataException">A value is NaN, infinite or too large; the message names its row.</exception>
    public static void Check(in Tensor<float> rows, ItemIds ids, Workers workers)
    {
        int[] bad = new int[(rows.Shape[0] + ChunkRows - 1) / ChunkRows];
        fixed (int* found = bad)
        {
            var work = new FirstBadRow
            {
                Values = rows.Pointer,
                Rows = (int)rows.Shape[0],
                Dim = (int)rows.Shape[1],
                Found = found,
            };
            workers.Run(ref work, bad.Length);
        }
        int chunk = bad.AsSpan().IndexOfAnyExcept(-1);
        if (chunk < 0) return;
        int row = bad[chunk];
        float value = rows.Row(row).ToArray().First(v => !(Math.Abs(v) <= Largest));
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"The vector of item {ids.Text(row)} (row {row}) holds {value}; values must be numbers up to {Largest:0e0} in size."));
    }

    struct FirstBadRow : IChunkedWork
    {
        public float* Values;
        public int Rows, Dim;
        public int* Found;

        public readonly void Run(int chunk)
        {
            Found[chunk] = -1;
            int last = Math.Min(Rows, (chunk + 1) * ChunkRows);
            for (int r = chunk * ChunkRows; r < last; r++)
            {
                if (IsGood(Values + (long)r * Dim)) continue;
                Found[chunk] = r;
                return;
            }
        }

        readonly bool IsGood(float* row)
        {
            var largest = Vector256.Create(Largest);
            int d = 0;
            for (; d + 8 <= Dim; d += 8)
            {
                // Comparing with NaN is false, so that this catches it too.
                if (!Vector256.LessThanOrEqualAll(Vector256.Abs(Vector256.Load(row + d)), largest)) return false;
            }
            for (; d < Dim; d++)
            {
                if (!(Math.Abs(row[d]) <= Largest)) return false;
            }
            return true;
        }
    }
}
