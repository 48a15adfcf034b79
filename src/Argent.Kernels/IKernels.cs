using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Every piece of heavy arithmetic in the system. Each operation has one folder: its arguments, a boring reference that
/// defines it, faster variants, and, where it is trainable, its gradient.
/// </summary>
public interface IKernels
{
    /// <summary>Name of the variant, for example <c>reference</c> or <c>avx2</c>.</summary>
    string Variant { get; }

    /// <summary>The threads that the operations split their work over.</summary>
    Workers Workers { get; }

    /// <summary>
    /// Says that tensors will be read by many operations, until what is returned is disposed. Kernels of another device copy
    /// them there once; those of the host have nothing to do.
    /// </summary>
    /// <exception cref="InvalidOperationException">The device has no room for them.</exception>
    IDisposable Keep(IReadOnlyList<AnyTensor> tensors) => KeptNowhere.Instance;

    /// <summary>y = activation(x Wᵀ + b).</summary>
    void Dense(in DenseArgs args);

    /// <summary>The same with a bfloat16 weight, for serving.</summary>
    void DenseBFloat16(in DenseBFloat16Args args);

    /// <summary>Pools rows of an embedding table, one pooled row per bag of ids.</summary>
    void SumEmbeddings(in SumEmbeddingsArgs args);

    /// <summary>Copies rows of a table by index.</summary>
    void GatherRows(in GatherRowsArgs args);

    /// <summary>Copies rows of a bfloat16 table by index, widened, for serving.</summary>
    void GatherRowsBFloat16(in GatherRowsBFloat16Args args);

    /// <summary>One arithmetic step over equal shapes.</summary>
    void Elementwise(in ElementwiseArgs args);

    /// <summary>Divides each row by its Euclidean length.</summary>
    void NormalizeRows(in NormalizeRowsArgs args);

    /// <summary>Normalises each row to mean 0 and variance 1, then scales and shifts by column.</summary>
    void LayerNorm(in LayerNormArgs args);

    /// <summary>Puts two matrices side by side.</summary>
    void ConcatColumns(in ConcatColumnsArgs args);

    /// <summary>Exponentials of each row, divided by their sum.</summary>
    void Softmax(in SoftmaxArgs args);

    /// <summary>Mean cross entropy between row softmax and sparse targets: the retrieval loss.</summary>
    void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args);

    /// <summary>Attention of queries over the keys of their segment.</summary>
    void Attention(in AttentionArgs args);

    /// <summary>Dots of every component of a candidate with every component of its user.</summary>
    void ComponentDots(in ComponentDotsArgs args);

    /// <summary>Logits weighted by the softmax of their gates.</summary>
    void MixLogits(in MixLogitsArgs args);

    /// <summary>Exact scores of given slots against every head's query, from the embedding cache.</summary>
    void ScoreCandidates(in ScoreCandidatesArgs args);

    /// <summary>How much a user's past items speak for each candidate, by a sparse item-to-item matrix.</summary>
    void SumNeighbours(in SumNeighboursArgs args);

    /// <summary>The row of a table that each row scores highest with.</summary>
    void NearestRows(in NearestRowsArgs args);

    /// <summary>The nearest lists of each query.</summary>
    void Probe(in ProbeArgs args);

    /// <summary>Which slots of a run of blocks may be eligible.</summary>
    void FilterMask(in FilterMaskArgs args);

    /// <summary>Filter, int8 scoring and top K over the probed lists.</summary>
    void FusedScan(in FusedScanArgs args);

    /// <summary>The best K of each row of scores.</summary>
    void SelectTopK(in SelectTopKArgs args);

    /// <summary>float32 rows to int8 codes with a scale per row.</summary>
    void QuantizeRows(in QuantizeRowsArgs args);

    /// <summary>Writes the Bloom and bitmap bits of a run of slots.</summary>
    void BuildSignatures(in BuildSignaturesArgs args);

    /// <summary>A compiled formula over columns of inputs.</summary>
    void EvaluateFormula(in EvaluateFormulaArgs args);
}

/// <summary>What the host's kernels keep of tensors that are in the host's memory anyway.</summary>
sealed class KeptNowhere : IDisposable
{
    public static readonly KeptNowhere Instance = new();

    public void Dispose()
    {
    }
}
