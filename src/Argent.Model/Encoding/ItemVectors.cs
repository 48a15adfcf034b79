using Argent.Tensors;

namespace Argent.Model;

/// <summary>Where the vectors of items go: views of the index over the slots of a run of items.</summary>
public readonly record struct ItemVectors
{
    /// <summary>[n, Dp] int8 codes.</summary>
    public required Tensor<sbyte> Codes { get; init; }

    /// <summary>[n] float32 dequantisation factors.</summary>
    public required Tensor<float> Scales { get; init; }

    /// <summary>[n] float32, added to every score of the item.</summary>
    public required Tensor<float> Bias { get; init; }

    /// <summary>[n, D] bfloat16 embeddings for exact scores.</summary>
    public required Tensor<BFloat16> Cache { get; init; }
}
