using Argent.Tensors;

namespace Argent.Kernels.Tests;

/// <summary>A tensor full of NaN between two fences: an operation must write all of it and nothing beside it.</summary>
sealed class Poisoned
{
    const int Fence = 64;
    const float Mark = -12345.678f;
    readonly Tensor<float> _all;

    public Poisoned(Shape shape)
    {
        _all = Argent.Tensors.Tensor.Zeros<float>(new Shape(shape.Count + (2 * Fence)));
        _all.Span.Fill(Mark);
        Tensor = new Tensor<float>(_all.Storage, Fence * sizeof(float), shape);
        Tensor.Span.Fill(float.NaN);
    }

    public Tensor<float> Tensor { get; }

    /// <summary>The values, after checking the fences.</summary>
    public float[] Read()
    {
        Assert.False(_all.Span[..Fence].ContainsAnyExcept(Mark), "Written before the first element.");
        Assert.False(_all.Span[^Fence..].ContainsAnyExcept(Mark), "Written after the last element.");
        return Tensor.ToArray();
    }
}
