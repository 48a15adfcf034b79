namespace Argent.Kernels;

/// <summary>Operations without a kernel: they run on the host.</summary>
public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args) => _host.SumEmbeddings(in args);

    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args) => _host.Elementwise(in args);

    /// <inheritdoc/>
    public void NormalizeRows(in NormalizeRowsArgs args) => _host.NormalizeRows(in args);

    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args) => _host.LayerNorm(in args);

    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args) => _host.ConcatColumns(in args);

    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args) => _host.Softmax(in args);

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args) => _host.SoftmaxCrossEntropy(in args);

    /// <inheritdoc/>
    public void Attention(in AttentionArgs args) => _host.Attention(in args);

    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args) => _host.ComponentDots(in args);

    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args) => _host.MixLogits(in args);

    /// <inheritdoc/>
    public void EvaluateFormula(in EvaluateFormulaArgs args) => _host.EvaluateFormula(in args);
}
