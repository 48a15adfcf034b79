using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The lists whose centroids lie nearest to given places.</summary>
static unsafe class ListNeighbours
{
    // 16 MB of scores stay in a third-level cache.
    const long ScoresMax = 4 << 20;

    /// <summary>The <paramref name="count"/> nearest lists of each place, ascending by number: [G, count] int32.</summary>
    /// <param name="places">[G, D] float32.</param>
    /// <param name="centroids">[L, D] float32, L at least <paramref name="count"/>.</param>
    /// <param name="bias">[L] float32 as for assignment, or no tensor.</param>
    /// <param name="count">C.</param>
    /// <param name="kernels">Arithmetic.</param>
    public static Tensor<int> Of(
        in Tensor<float> places, in Tensor<float> centroids, in Tensor<float> bias, int count, IKernels kernels)
    {
        long groups = places.Shape[0], lists = centroids.Shape[0];
        var found = Tensor.Zeros<int>(new Shape(groups, count));
        int block = (int)Math.Clamp(ScoresMax / lists, 1, groups);
        var scores = Tensor.Zeros<float>(new Shape(block, lists));
        var top = Tensor.Zeros<float>(new Shape(block, count));
        for (long first = 0; first < groups; first += block)
        {
            long rows = Math.Min(block, groups - first);
            kernels.Dense(new DenseArgs
            {
                Input = places.Rows(first, rows),
                Weight = centroids,
                Bias = bias,
                Output = scores.Rows(0, rows),
            });
            kernels.SelectTopK(new SelectTopKArgs
            {
                Scores = scores.Rows(0, rows),
                Top = top.Rows(0, rows),
                Positions = found.Rows(first, rows),
            });
        }
        scores.Storage.Dispose();
        top.Storage.Dispose();
        var sort = new SortRow { Lists = found.Pointer, Count = count };
        kernels.Workers.Run(ref sort, (int)groups);
        return found;
    }

    struct SortRow : IChunkedWork
    {
        public int* Lists;
        public int Count;

        public readonly void Run(int chunk)
        {
            var lists = new Span<int>(Lists + (long)chunk * Count, Count);
            lists.Sort();
            // Numbers so large that their products have no value: then any lists are as near as others.
            if (lists[0] < 0)
            {
                for (int i = 0; i < Count; i++) lists[i] = i;
            }
        }
    }
}
