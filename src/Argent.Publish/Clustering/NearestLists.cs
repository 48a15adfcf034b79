using System.Numerics;
using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// The best list of each row by row · centroid + bias: a matrix product a block at a time, then the place of each row's
/// largest score. Equal scores go to the lower list.
/// </summary>
sealed unsafe class NearestLists : IDisposable
{
    // 16 MB of scores stay in a third-level cache; fewer than 256 rows would spend the product on packing centroids.
    const long ScoresMax = 4 << 20;
    const int RowsMin = 256, RowsMax = 4096;

    readonly IKernels _kernels;
    readonly Tensor<float> _scores;

    /// <summary>For <paramref name="lists"/> lists.</summary>
    public NearestLists(IKernels kernels, int lists)
    {
        _kernels = kernels;
        BlockRows = (int)Math.Clamp(ScoresMax / lists, RowsMin, RowsMax);
        _scores = Tensor.Zeros<float>(new Shape(BlockRows, lists));
    }

    /// <summary>Rows that are scored at a time.</summary>
    public int BlockRows { get; }

    /// <summary>Scores of at most <see cref="BlockRows"/> rows against all lists: [rows, L], valid until the next call.</summary>
    public Tensor<float> Score(in Tensor<float> rows, in Tensor<float> centroids, in Tensor<float> bias)
    {
        var scores = _scores.Rows(0, rows.Shape[0]);
        _kernels.Dense(new DenseArgs { Input = rows, Weight = centroids, Bias = bias, Output = scores });
        return scores;
    }

    /// <summary>Writes the best list of every row, and its score where <paramref name="best"/> is a tensor.</summary>
    /// <param name="rows">[n, D] float32.</param>
    /// <param name="centroids">[L, D] float32.</param>
    /// <param name="bias">[L] float32, or no tensor.</param>
    /// <param name="lists">[n] int32, overwritten.</param>
    /// <param name="best">[n] float32, overwritten, or no tensor.</param>
    public void Find(
        in Tensor<float> rows, in Tensor<float> centroids, in Tensor<float> bias, in Tensor<int> lists,
        in Tensor<float> best)
    {
        long count = rows.Shape[0];
        for (long first = 0; first < count; first += BlockRows)
        {
            long block = Math.Min(BlockRows, count - first);
            var scores = Score(rows.Rows(first, block), centroids, bias);
            var work = new LargestOfRow
            {
                Scores = scores.Pointer,
                Rows = (int)block,
                Lists = (int)centroids.Shape[0],
                Found = lists.Pointer + first,
                Best = best.IsPresent ? best.Pointer + first : null,
            };
            _kernels.Workers.Run(ref work, work.Chunks);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scores.Storage.Dispose();

    struct LargestOfRow : IChunkedWork
    {
        const int ChunkRows = 64;

        public float* Scores;
        public int Rows, Lists;
        public int* Found;
        public float* Best;

        public readonly int Chunks => (Rows + ChunkRows - 1) / ChunkRows;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Rows, (chunk + 1) * ChunkRows);
            for (int r = chunk * ChunkRows; r < last; r++)
            {
                float* row = Scores + (long)r * Lists;
                float largest = Largest(row, Lists);
                Found[r] = PlaceOf(row, Lists, largest);
                if (Best != null) Best[r] = largest;
            }
        }

        static float Largest(float* row, int count)
        {
            float largest = float.NegativeInfinity;
            int i = 0;
            if (count >= Vector256<float>.Count)
            {
                var max = Vector256.Load(row);
                for (i = 8; i + 8 <= count; i += 8) max = Vector256.MaxNative(max, Vector256.Load(row + i));
                for (int lane = 0; lane < 8; lane++) largest = Math.Max(largest, max[lane]);
            }
            for (; i < count; i++) largest = Math.Max(largest, row[i]);
            return largest;
        }

        static int PlaceOf(float* row, int count, float largest)
        {
            var wanted = Vector256.Create(largest);
            int i = 0;
            for (; i + 8 <= count; i += 8)
            {
                uint equal = Vector256.Equals(Vector256.Load(row + i), wanted).ExtractMostSignificantBits();
                if (equal != 0) return i + BitOperations.TrailingZeroCount(equal);
            }
            for (; i < count; i++)
            {
                if (row[i] == largest) return i;
            }
            return 0;
        }
    }
}
