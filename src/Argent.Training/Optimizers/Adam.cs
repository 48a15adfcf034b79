using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Adam (Kingma and Ba 2015) with decoupled weight decay: mean = b1 * mean + (1 - b1) * g,
/// square = b2 * square + (1 - b2) * g²,
/// value -= rate * (mean / (1 - b1^t) / (sqrt(square / (1 - b2^t)) + epsilon) + decay * value).
/// </summary>
/// <remarks>
/// For a table it is lazy: a row that was not touched keeps its value, mean and square as they are, where dense Adam
/// would decay them and keep moving the row. t counts steps of the optimiser, not touches of the row.
/// </remarks>
public sealed unsafe class Adam : Optimizer
{
    readonly Tensor<float>[] _means;
    readonly Tensor<float>[] _squares;

    /// <summary>State: <c>adam.NAME.mean</c> and <c>adam.NAME.square</c> of each parameter's shape, <c>adam.steps</c>.</summary>
    /// <param name="parameters">What is moved.</param>
    /// <param name="workers">Threads of a step.</param>
    public Adam(IEnumerable<Parameter> parameters, Workers workers) : base("adam", parameters, workers)
    {
        _means = AddState("mean", p => p.Value.Shape);
        _squares = AddState("square", p => p.Value.Shape);
    }

    /// <summary>Decay of the mean.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Decay of the square.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Added to the root.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    private protected override void Update(int index)
    {
        var parameter = Parameters[index];
        var ranges = new RowRanges(parameter);
        var work = new AdamWork
        {
            Ranges = ranges,
            Value = parameter.Value.Pointer,
            Gradient = parameter.Gradient.Pointer,
            Mean = _means[index].Pointer,
            Square = _squares[index].Pointer,
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            Rate = (float)(LearningRate / (1 - Math.Pow(Beta1, Steps))),
            SquareFactor = (float)(1 / (1 - Math.Pow(Beta2, Steps))),
            Decay = LearningRate * WeightDecay,
        };
        Workers.Run(ref work, ranges.Chunks);
    }

    struct AdamWork : IChunkedWork
    {
        public RowRanges Ranges;
        public float* Value;
        public float* Gradient;
        public float* Mean;
        public float* Square;
        public float Beta1;
        public float Beta2;
        public float Epsilon;
        public float Rate;
        public float SquareFactor;
        public float Decay;

        public readonly void Run(int chunk)
        {
            var (first, last) = Ranges.Entries(chunk);
            for (long entry = first; entry < last; entry++)
            {
                var (start, count) = Ranges.Elements(entry);
                Update(start, start + count);
            }
        }

        readonly void Update(long i, long end)
        {
            for (; i + 8 <= end; i += 8)
            {
                Update8(i);
            }
            for (; i < end; i++)
            {
                float g = Gradient[i];
                Mean[i] = (Beta1 * Mean[i]) + ((1 - Beta1) * g);
                Square[i] = (Beta2 * Square[i]) + ((1 - Beta2) * g * g);
                float root = MathF.Sqrt(Square[i] * SquareFactor) + Epsilon;
                Value[i] -= (Rate * Mean[i] / root) + (Decay * Value[i]);
                Gradient[i] = 0;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void Update8(long i)
        {
            var g = Vector256.Load(Gradient + i);
            var mean = (Vector256.Load(Mean + i) * Beta1) + (g * (1 - Beta1));
            var square = (Vector256.Load(Square + i) * Beta2) + (g * (1 - Beta2) * g);
            var root = Vector256.Sqrt(square * SquareFactor) + Vector256.Create(Epsilon);
            var value = Vector256.Load(Value + i);
            mean.Store(Mean + i);
            square.Store(Square + i);
            (value - ((mean * Rate / root) + (value * Decay))).Store(Value + i);
            Vector256<float>.Zero.Store(Gradient + i);
        }
    }
}
