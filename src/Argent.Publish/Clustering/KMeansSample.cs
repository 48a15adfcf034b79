using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Rows that centroids are trained with.</summary>
/// <param name="Vectors">[n, D] float32; of length 1 when lists are divided by direction.</param>
/// <param name="Squares">[n] float32 |row|² before anything made it 1.</param>
/// <param name="Weights">[n] float32 weights of the rows, or no tensor for equal weights.</param>
sealed unsafe record KMeansSample(Tensor<float> Vectors, Tensor<float> Squares, Tensor<float> Weights) : IDisposable
{
    /// <summary>n.</summary>
    public int Count => (int)Vectors.Shape[0];

    /// <summary>A sample of the rows to be divided.</summary>
    public static KMeansSample Of(in Tensor<float> rows, KMeansOptions options, ref SeededRandom random, IKernels kernels)
    {
        int[] chosen = random.Rows((int)rows.Shape[0], options.SampleRows());
        var vectors = SampleRows.Copy(rows, chosen, kernels.Workers);
        var squares = Tensor.Zeros<float>(new Shape(chosen.Length));
        Distances.Squares(vectors, squares, kernels.Workers);
        if (options.Spherical) kernels.NormalizeRows(new NormalizeRowsArgs { Input = vectors, Output = vectors });
        return new KMeansSample(vectors, squares, options.Spherical ? squares : default);
    }

    /// <summary>A part of the sample.</summary>
    public KMeansSample Take(int[] rows, Workers workers)
    {
        var squares = Tensor.Zeros<float>(new Shape(rows.Length));
        for (int i = 0; i < rows.Length; i++) squares.Pointer[i] = Squares.Pointer[rows[i]];
        return new KMeansSample(SampleRows.Copy(Vectors, rows, workers), squares, Weights.IsPresent ? squares : default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Vectors.Storage.Dispose();
        Squares.Storage.Dispose();
    }
}
