using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Every head's exact score of candidates from the embedding cache, which removes the
/// error of the int8 scan up to the bfloat16 rounding of the cache.
/// </summary>
/// <param name="cache">Item embeddings by slot.</param>
/// <param name="bias">[S] float32, the item's bias.</param>
public sealed class ExactScores(EmbeddingCache cache, Tensor<float> bias) : Module
{
    /// <summary>Scores of candidates.</summary>
    /// <param name="queries">[B * H, D] float32.</param>
    /// <param name="slots">[B, K1] int32, negative for none.</param>
    /// <param name="pass">What it runs with.</param>
    /// <returns>[B, K1, H] float32, rented; -infinity where there is no slot.</returns>
    public Tensor<float> Score(Tensor<float> queries, Tensor<int> slots, in ForwardPass pass)
    {
        long heads = queries.Shape[0] / slots.Shape[0];
        var scores = pass.Scratch.Rent<float>(new Shape(slots.Shape[0], slots.Shape[1], heads));
        pass.Kernels.ScoreCandidates(new ScoreCandidatesArgs
        {
            Queries = queries,
            Embeddings = cache.Embeddings,
            Bias = bias,
            Slots = slots,
            Scores = scores,
        });
        return scores;
    }
}
