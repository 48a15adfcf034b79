using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Adagrad (Duchi et al. 2011) with one accumulator per row instead of one per element:
/// sum[r] += mean of g² over the row, value[r] -= rate * (g / (sqrt(sum[r]) + epsilon) + decay * value[r]).
/// The usual choice for large embedding tables: its state is 1/D of the table.
/// </summary>
/// <remarks>Rows of a table that were not touched stay as they are. A tensor [n] has n rows of one element.</remarks>
public sealed unsafe class RowwiseAdagrad : Optimizer
{
    readonly Tensor<float>[] _sums;

    /// <summary>State: <c>adagrad.NAME.sum</c> [rows] of each parameter, <c>adagrad.steps</c>.</summary>
    /// <param name="parameters">What is moved.</param>
    /// <param name="workers">Threads of a step.</param>
    public RowwiseAdagrad(IEnumerable<Parameter> parameters, Workers workers) : base("adagrad", parameters, workers) =>
        _sums = AddState("sum", p => new Shape(p.Value.Shape[0]));

    /// <summary>Added to the root.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    private protected override void Update(int index)
    {
        var parameter = Parameters[index];
        var work = new AdagradWork
        {
            Rows = parameter.Touched is { } touched ? touched.Pointer : null,
            Count = parameter.Touched?.Count ?? parameter.Value.Shape[0],
            RowCount = parameter.Value.Shape.RowCount,
            Value = parameter.Value.Pointer,
            Gradient = parameter.Gradient.Pointer,
            Sum = _sums[index].Pointer,
            Rate = LearningRate,
            Epsilon = Epsilon,
            Decay = LearningRate * WeightDecay,
        };
        Workers.Run(ref work, checked((int)((work.Count + AdagradWork.ChunkRows - 1) / AdagradWork.ChunkRows)));
    }

    struct AdagradWork : IChunkedWork
    {
        /// <summary>Enough rows that handing out a chunk costs nothing beside its work.</summary>
        public const int ChunkRows = 64;

        public int* Rows;
        public long Count;
        public long RowCount;
        public float* Value;
        public float* Gradient;
        public float* Sum;
        public float Rate;
        public float Epsilon;
        public float Decay;

        public readonly void Run(int chunk)
        {
            long last = Math.Min(Count, (chunk + 1L) * ChunkRows);
            for (long i = (long)chunk * ChunkRows; i < last; i++)
            {
                Update(Rows == null ? i : Rows[i]);
            }
        }

        readonly void Update(long row)
        {
            int count = checked((int)RowCount);
            var g = new Span<float>(Gradient + (row * RowCount), count);
            var value = new Span<float>(Value + (row * RowCount), count);
            float squares = 0;
            foreach (float x in g) squares += x * x;
            Sum[row] += squares / Math.Max(1, count);
            float rate = Rate / (MathF.Sqrt(Sum[row]) + Epsilon);
            for (int i = 0; i < value.Length; i++) value[i] -= (rate * g[i]) + (Decay * value[i]);
            g.Clear();
        }
    }
}
