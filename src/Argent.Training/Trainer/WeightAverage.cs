using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// A running average of the weights: average += (1 - decay) * (weight - average) after each step. The average of the last
/// steps ranks better than the weights of the last step alone, as these still jump with each batch.
/// </summary>
sealed unsafe class WeightAverage
{
    /// <summary>The average of the first steps must not remember the random start: decay is at most (1 + n) / (10 + n).</summary>
    const double WarmUp = 10;

    readonly IReadOnlyCollection<Parameter> _parameters;
    readonly Dictionary<string, Tensor<float>> _averages = new(StringComparer.Ordinal);
    readonly float _decay;

    public WeightAverage(IReadOnlyCollection<Parameter> parameters, float decay)
    {
        (_parameters, _decay) = (parameters, decay);
        foreach (var parameter in parameters)
        {
            var average = Tensor.Zeros<float>(parameter.Value.Shape);
            average.CopyFrom(parameter.Value);
            _averages.Add(parameter.Name, average);
        }
    }

    /// <summary>The averages by parameter name: live tensors.</summary>
    public IReadOnlyDictionary<string, Tensor<float>> Values => _averages;

    /// <summary>Takes in the weights after step number <paramref name="step"/>, counted from 1.</summary>
    public void Update(long step, Workers workers)
    {
        double decay = Math.Min(_decay, (1 + step) / (WarmUp + step));
        foreach (var parameter in _parameters)
        {
            var work = new AverageWork
            {
                Average = _averages[parameter.Name].Pointer,
                Weight = parameter.Value.Pointer,
                Count = parameter.Value.Count,
                Rate = _decay == 0 ? 1 : (float)(1 - decay),
            };
            workers.Run(ref work, work.Chunks);
        }
    }

    /// <summary>Exchanges weights and averages; twice is as before.</summary>
    public void Swap()
    {
        foreach (var parameter in _parameters)
        {
            var (weight, average) = (parameter.Value, _averages[parameter.Name]);
            for (long i = 0; i < weight.Count; i++)
            {
                (weight.Pointer[i], average.Pointer[i]) = (average.Pointer[i], weight.Pointer[i]);
            }
        }
    }

    struct AverageWork : IChunkedWork
    {
        /// <summary>64 KB of both tensors: a second-level cache holds them.</summary>
        const int ChunkElements = 8192;

        public float* Average;
        public float* Weight;
        public long Count;
        public float Rate;

        public readonly int Chunks => checked((int)((Count + ChunkElements - 1) / ChunkElements));

        public readonly void Run(int chunk)
        {
            long end = Math.Min(Count, (chunk + 1L) * ChunkElements);
            for (long i = (long)chunk * ChunkElements; i < end; i++) Average[i] += Rate * (Weight[i] - Average[i]);
        }
    }
}
