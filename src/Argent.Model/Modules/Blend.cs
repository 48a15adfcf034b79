using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>The composition of the final list, here the identity: the best values first.</summary>
public sealed class Blend : Module
{
    /// <summary>Its name in a manifest and in explanations.</summary>
    public const string Kind = "identity";

    /// <summary>The best <paramref name="count"/> candidates of each request.</summary>
    /// <param name="values">[B, K1] float32, -infinity for none.</param>
    /// <param name="ties">[B, K1] int32, ascending among equal values.</param>
    /// <param name="count">K.</param>
    /// <param name="pass">What it runs with.</param>
    /// <returns>[B, K] int32 positions among the candidates, rented; -1 where there are fewer.</returns>
    public static Tensor<int> Compose(Tensor<float> values, Tensor<int> ties, int count, in ForwardPass pass)
    {
        var positions = pass.Scratch.Rent<int>(new Shape(values.Shape[0], count));
        var mark = pass.Scratch.Mark();
        pass.Kernels.SelectTopK(new SelectTopKArgs
        {
            Scores = values,
            Ties = ties,
            Top = pass.Scratch.Rent<float>(positions.Shape),
            Positions = positions,
        });
        pass.Scratch.Release(mark);
        return positions;
    }
}
