namespace Argent.Kernels;

/// <summary>The definition of every operation: one thread, plain loops.</summary>
public sealed class ReferenceKernels(Workers workers) : IKernels
{
    /// <inheritdoc/>
    public string Variant => "reference";

    /// <inheritdoc/>
    public Workers Workers { get; } = workers;

    /// <inheritdoc/>
    public void Dense(in DenseArgs args) => DenseReference.Run(in args);

    /// <inheritdoc/>
    public void DenseBFloat16(in DenseBFloat16Args args) => DenseBFloat16Reference.Run(in args);

    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args) => SumEmbeddingsReference.Run(in args);

    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args) => GatherRowsReference.Run(in args);

    /// <inheritdoc/>
    public void GatherRowsBFloat16(in GatherRowsBFloat16Args args) => GatherRowsBFloat16Reference.Run(in args);

    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args) => ElementwiseReference.Run(in args);

    /// <inheritdoc/>
    public void NormalizeRows(in NormalizeRowsArgs args) => NormalizeRowsReference.Run(in args);

    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args) => LayerNormReference.Run(in args);

    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args) => ConcatColumnsReference.Run(in args);

    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args) => SoftmaxReference.Run(in args);

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args) => SoftmaxCrossEntropyReference.Run(in args);

    /// <inheritdoc/>
    public void Attention(in AttentionArgs args) => AttentionReference.Run(in args);

    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args) => ComponentDotsReference.Run(in args);

    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args) => MixLogitsReference.Run(in args);

    /// <inheritdoc/>
    public void ScoreCandidates(in ScoreCandidatesArgs args) => ScoreCandidatesReference.Run(in args);

    /// <inheritdoc/>
    public void SumNeighbours(in SumNeighboursArgs args) => SumNeighboursReference.Run(in args);

    /// <inheritdoc/>
    public void NearestRows(in NearestRowsArgs args) => NearestRowsReference.Run(in args);

    /// <inheritdoc/>
    public void Probe(in ProbeArgs args) => ProbeReference.Run(in args);

    /// <inheritdoc/>
    public void FilterMask(in FilterMaskArgs args) => FilterMaskReference.Run(in args);

    /// <inheritdoc/>
    public void FusedScan(in FusedScanArgs args) => FusedScanReference.Run(in args);

    /// <inheritdoc/>
    public void SelectTopK(in SelectTopKArgs args) => SelectTopKReference.Run(in args);

    /// <inheritdoc/>
    public void QuantizeRows(in QuantizeRowsArgs args) => QuantizeRowsReference.Run(in args);

    /// <inheritdoc/>
    public void BuildSignatures(in BuildSignaturesArgs args) => BuildSignaturesReference.Run(in args);

    /// <inheritdoc/>
    public void EvaluateFormula(in EvaluateFormulaArgs args) => EvaluateFormulaReference.Run(in args);
}
