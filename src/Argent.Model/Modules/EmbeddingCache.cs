using Argent.Tensors;

namespace Argent.Model;

/// <summary>Item embeddings by slot at more precision than the codes of the scan: what candidates are rescored from.</summary>
/// <param name="embeddings">[S, D] bfloat16; zeros in empty slots.</param>
public sealed class EmbeddingCache(Tensor<BFloat16> embeddings) : Module
{
    /// <summary>[S, D] bfloat16.</summary>
    public Tensor<BFloat16> Embeddings { get; } = embeddings;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors => [("embeddings", AnyTensor.From(Embeddings))];

    /// <summary>Binds <c>cache.embeddings</c>.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public static EmbeddingCache FromTensors(TensorSource source, int slots, int dim) =>
        new(source.Get<BFloat16>("cache.embeddings", slots, dim));
}
