using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The rows of every list, ascending: those of list l are entries [Start[l], Start[l + 1]) of Rows.</summary>
sealed unsafe class ListMembers
{
    /// <summary>Sorts rows by list.</summary>
    /// <param name="lists">[n] int32, the list of each row.</param>
    /// <param name="nlist">L.</param>
    public ListMembers(in Tensor<int> lists, int nlist)
    {
        int rows = (int)lists.Count;
        Start = new int[nlist + 1];
        Rows = new int[rows];
        for (int r = 0; r < rows; r++) Start[lists.Pointer[r] + 1]++;
        for (int l = 0; l < nlist; l++) Start[l + 1] += Start[l];
        int[] next = Start[..nlist];
        for (int r = 0; r < rows; r++) Rows[next[lists.Pointer[r]]++] = r;
    }

    /// <summary>[L + 1] bounds.</summary>
    public int[] Start { get; }

    /// <summary>[n] rows.</summary>
    public int[] Rows { get; }

    /// <summary>L.</summary>
    public int NList => Start.Length - 1;

    /// <summary>Number of rows of a list.</summary>
    public int Count(int list) => Start[list + 1] - Start[list];

    /// <summary>
    /// Writes the mean of each list's rows; a list without rows gets zeros. Each list is summed in float64 in row order
    /// by one thread, so the result does not depend on the number of threads.
    /// </summary>
    /// <param name="values">[n, D] float32.</param>
    /// <param name="weights">[n] float32 weights of the rows, not negative; no tensor for equal weights.</param>
    /// <param name="means">[L, D] float32, overwritten.</param>
    /// <param name="workers">Threads.</param>
    public void Average(
        in Tensor<float> values, in Tensor<float> weights, in Tensor<float> means, Workers workers)
    {
        fixed (int* start = Start, rows = Rows)
        {
            var work = new MeanOfList
            {
                Start = start,
                Rows = rows,
                Values = values.Pointer,
                Weights = weights.Pointer,
                Means = means.Pointer,
                Dim = (int)means.Shape.RowCount,
            };
            workers.Run(ref work, NList);
        }
    }

    struct MeanOfList : IChunkedWork
    {
        const int Columns = 256;

        public int* Start;
        public int* Rows;
        public float* Values;
        public float* Weights;
        public float* Means;
        public int Dim;

        public readonly void Run(int chunk)
        {
            double* sums = stackalloc double[Columns];
            int first = Start[chunk], last = Start[chunk + 1];
            double total = 0;
            for (int i = first; i < last; i++) total += Weight(i);
            for (int column = 0; column < Dim; column += Columns)
            {
                int width = Math.Min(Columns, Dim - column);
                for (int d = 0; d < width; d++) sums[d] = 0;
                for (int i = first; i < last; i++) Add(Values + (long)Rows[i] * Dim + column, Weight(i), sums, width);
                float* mean = Means + (long)chunk * Dim + column;
                for (int d = 0; d < width; d++) mean[d] = total > 0 ? (float)(sums[d] / total) : 0f;
            }
        }

        /// <summary>sums[d] += weight * row[d]; whole vectors first, so that equal widths always sum alike.</summary>
        static void Add(float* row, double weight, double* sums, int width)
        {
            var factor = Vector256.Create(weight);
            int d = 0;
            for (; d + 8 <= width; d += 8)
            {
                var (low, high) = Vector256.Widen(Vector256.Load(row + d));
                Vector256.FusedMultiplyAdd(low, factor, Vector256.Load(sums + d)).Store(sums + d);
                Vector256.FusedMultiplyAdd(high, factor, Vector256.Load(sums + d + 4)).Store(sums + d + 4);
            }
            for (; d < width; d++) sums[d] = Math.FusedMultiplyAdd(row[d], weight, sums[d]);
        }

        readonly double Weight(int i) => Weights == null ? 1 : Weights[Rows[i]];
    }
}
