using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// An item's embedding as the index holds it: int8 code and scale for the scan, bfloat16 for exact scores, and the bias
/// that makes both metrics and learned biases one scan. Publishing and later updates both come here, so that an item is
/// the same bytes either way.
/// </summary>
/// <param name="metric">How queries and items are compared.</param>
/// <param name="center">[D] float32 that is subtracted before coding; <see cref="QuantizationDescription"/> says what it is.</param>
/// <param name="kernels">Arithmetic.</param>
/// <param name="scale">The scale of all items as the manifest has it; null for a scale per item.</param>
public sealed unsafe class VectorEncoder(Metric metric, Tensor<float> center, IKernels kernels, float? scale = null)
{
    const int ChunkRows = 64;

    Tensor<int> _clamped;

    /// <summary>
    /// Numbers of all items so far that lay outside the range of the given scale and got its nearest end, so that scans
    /// see the item nearer than it is; exact scores are not touched. 0 with a scale per item, and for what was published.
    /// </summary>
    public long Clamped { get; private set; }

    /// <summary>Encodes n items; by one thread at a time.</summary>
    /// <param name="embeddings">[n, D] float32, finite; normalised to length 1 in place for cosine.</param>
    /// <param name="bias">[n] float32 learned biases, or no tensor for zero.</param>
    /// <param name="vectors">Where they go, overwritten.</param>
    /// <exception cref="ArgumentException">A value is not finite, or shapes do not fit.</exception>
    public void Encode(in Tensor<float> embeddings, in Tensor<float> bias, in ItemVectors vectors)
    {
        if (bias.IsPresent && bias.Count != embeddings.Shape[0])
        {
            throw new ArgumentException($"{bias.Count} biases for embeddings of {embeddings.Shape}.");
        }
        if (metric == Metric.Cosine)
        {
            kernels.NormalizeRows(new NormalizeRowsArgs { Input = embeddings, Output = embeddings });
        }
        Quantize(embeddings, vectors);
        var work = new CacheRow
        {
            Embeddings = embeddings.Pointer,
            Learned = bias.Pointer,
            Cache = vectors.Cache.Pointer,
            Bias = vectors.Bias.Pointer,
            Rows = embeddings.Shape[0],
            Dim = (int)embeddings.Shape[1],
            IsEuclidean = metric == Metric.L2,
        };
        kernels.Workers.Run(ref work, (int)((work.Rows + ChunkRows - 1) / ChunkRows));
    }

    void Quantize(in Tensor<float> embeddings, in ItemVectors vectors)
    {
        var args = new QuantizeRowsArgs { Rows = embeddings, Center = center, Codes = vectors.Codes, Scales = vectors.Scales };
        if (scale is { } given)
        {
            long rows = embeddings.Shape[0];
            if (!_clamped.IsPresent || _clamped.Count < rows) _clamped = Tensor.Zeros<int>(new Shape(rows));
            args = args with { Scale = given, Clamped = _clamped.Rows(0, rows) };
        }
        kernels.QuantizeRows(args);
        for (long r = 0; r < args.Clamped.Count; r++) Clamped += args.Clamped[r];
    }

    struct CacheRow : IChunkedWork
    {
        public float* Embeddings;
        public float* Learned;
        public BFloat16* Cache;
        public float* Bias;
        public long Rows;
        public int Dim;
        public bool IsEuclidean;

        public readonly void Run(int chunk)
        {
            long last = Math.Min(Rows, (chunk + 1L) * ChunkRows);
            for (long r = (long)chunk * ChunkRows; r < last; r++)
            {
                double squares = Round(Embeddings + r * Dim, Cache + r * Dim);
                float learned = Learned == null ? 0f : Learned[r];
                // For L2 the square of the rounded row, not of the exact one: the error of the score is then the rounding
                // times the difference of query and item instead of the rounding times the query, and near items are
                // the ones that matter.
                Bias[r] = IsEuclidean ? learned - (float)(squares / 2) : learned;
            }
        }

        readonly double Round(float* row, BFloat16* cached)
        {
            double squares = 0;
            for (int d = 0; d < Dim; d++)
            {
                cached[d] = (BFloat16)row[d];
                float value = cached[d];
                squares += (double)value * value;
            }
            return squares;
        }
    }
}
