using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Copies of chosen rows.</summary>
static unsafe class SampleRows
{
    const int ChunkRows = 256;

    /// <summary>The rows <paramref name="rows"/> of <paramref name="table"/>, in that order: [rows, D] float32.</summary>
    public static Tensor<float> Copy(in Tensor<float> table, ReadOnlySpan<int> rows, Workers workers)
    {
        var copy = Tensor.Zeros<float>(new Shape(rows.Length, table.Shape.RowCount));
        CopyInto(table, rows, copy, workers);
        return copy;
    }

    /// <summary>The same, into a tensor of at least as many rows. A negative row becomes zeros.</summary>
    public static void CopyInto(in Tensor<float> table, ReadOnlySpan<int> rows, in Tensor<float> copy, Workers workers)
    {
        fixed (int* indices = rows)
        {
            var work = new CopyRow
            {
                Table = table.Pointer,
                Rows = indices,
                Copy = copy.Pointer,
                Count = rows.Length,
                Dim = table.Shape.RowCount,
            };
            workers.Run(ref work, (rows.Length + ChunkRows - 1) / ChunkRows);
        }
    }

    struct CopyRow : IChunkedWork
    {
        public float* Table;
        public int* Rows;
        public float* Copy;
        public int Count;
        public long Dim;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Count, (chunk + 1) * ChunkRows);
            for (int i = chunk * ChunkRows; i < last; i++)
            {
                var to = new Span<float>(Copy + i * Dim, (int)Dim);
                if (Rows[i] < 0) to.Clear();
                else new ReadOnlySpan<float>(Table + Rows[i] * Dim, (int)Dim).CopyTo(to);
            }
        }
    }
}
