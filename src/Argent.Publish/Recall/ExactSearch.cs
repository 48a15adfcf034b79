using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The best K items of each query by scoring every item in float32: what recall is measured against.</summary>
static unsafe class ExactSearch
{
    // Queries times block rows: 256 x 8,192 scores are 8 MB and stay in a third-level cache.
    const int BlockRows = 8192;

    /// <summary>Finds the best K of each query.</summary>
    /// <param name="rows">[R, D] float32.</param>
    /// <param name="bias">[R] float32, or no tensor.</param>
    /// <param name="queries">[Q, D] float32 and the row each must not find.</param>
    /// <param name="k">K, at most the number of items that a query may find.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <returns>[Q, K] int32 rows, best first.</returns>
    public static Tensor<int> Run(
        in Tensor<float> rows, in Tensor<float> bias, SampleQueries queries, int k, IKernels kernels)
    {
        int count = (int)queries.Vectors.Shape[0];
        var scores = Tensor.Zeros<float>(new Shape(count, BlockRows));
        var best = Tensor.Zeros<float>(new Shape(count, k));
        best.Span.Fill(float.NegativeInfinity);
        var found = Tensor.Zeros<int>(new Shape(count, k));
        found.Span.Fill(-1);
        for (long first = 0; first < rows.Shape[0]; first += BlockRows)
        {
            long block = Math.Min(BlockRows, rows.Shape[0] - first);
            var blockScores = new Tensor<float>(scores.Storage, 0, new Shape(count, block));
            kernels.Dense(new DenseArgs
            {
                Input = queries.Vectors,
                Weight = rows.Rows(first, block),
                Bias = bias.IsPresent ? bias.Rows(first, block) : default,
                Output = blockScores,
            });
            Exclude(queries.SelfRows, first, blockScores);
            var work = new KeepBest
            {
                Scores = blockScores.Pointer,
                FirstRow = (int)first,
                Rows = (int)block,
                Best = best.Pointer,
                Found = found.Pointer,
                K = k,
            };
            kernels.Workers.Run(ref work, count);
        }
        scores.Storage.Dispose();
        best.Storage.Dispose();
        return found;
    }

    static void Exclude(int[]? selfRows, long first, in Tensor<float> scores)
    {
        for (int q = 0; selfRows is not null && q < selfRows.Length; q++)
        {
            long place = selfRows[q] - first;
            if (place >= 0 && place < scores.Shape[1]) scores.Row(q)[(int)place] = float.NegativeInfinity;
        }
    }

    /// <summary>Inserts a block's scores into the sorted best of one query.</summary>
    struct KeepBest : IChunkedWork
    {
        public float* Scores;
        public int FirstRow, Rows;
        public float* Best;
        public int* Found;
        public int K;

        public readonly void Run(int chunk)
        {
            float* scores = Scores + (long)chunk * Rows;
            float* best = Best + (long)chunk * K;
            int* found = Found + (long)chunk * K;
            for (int r = 0; r < Rows; r++)
            {
                if (!(scores[r] > best[K - 1])) continue;
                int place = K - 1;
                for (; place > 0 && scores[r] > best[place - 1]; place--)
                {
                    (best[place], found[place]) = (best[place - 1], found[place - 1]);
                }
                (best[place], found[place]) = (scores[r], FirstRow + r);
            }
        }
    }
}
