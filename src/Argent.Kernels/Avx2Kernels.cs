using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>The operations with 256-bit vectors (AVX2, FMA, BMI), split over the workers.</summary>
public sealed class Avx2Kernels(Workers workers) : IKernels
{
    /// <summary>Whether this processor runs them.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && Bmi1.X64.IsSupported && Popcnt.X64.IsSupported;

    /// <inheritdoc/>
    public string Variant => "avx2";

    /// <inheritdoc/>
    public Workers Workers { get; } = workers;

    /// <inheritdoc/>
    public void Dense(in DenseArgs args) => DenseReference.Run(in args);

    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args) => SumEmbeddingsReference.Run(in args);

    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args) => GatherRowsReference.Run(in args);

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
    public void ScoreCandidates(in ScoreCandidatesArgs args) => ScoreCandidatesAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void Probe(in ProbeArgs args) => ProbeAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void FusedScan(in FusedScanArgs args) => FusedScanAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void SelectTopK(in SelectTopKArgs args) => SelectTopKAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void QuantizeRows(in QuantizeRowsArgs args) => QuantizeRowsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void BuildSignatures(in BuildSignaturesArgs args) => BuildSignaturesAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void EvaluateFormula(in EvaluateFormulaArgs args) => EvaluateFormulaReference.Run(in args);
}
