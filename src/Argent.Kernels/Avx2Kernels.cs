using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The operations with 256-bit vectors (AVX2, FMA, BMI), split over the workers. Matrix products use the tiles of AVX-512
/// where the processor has it, the scan multiplies codes with AVX-VNNI where it has that; their bits are the same.
/// </summary>
/// <param name="workers">Threads.</param>
/// <param name="isVnni">Whether to use AVX-VNNI; see <see cref="IsVnniSupported"/>.</param>
public sealed class Avx2Kernels(Workers workers, bool isVnni = false) : IKernels
{
    /// <summary>Whether this processor runs them.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && Bmi1.X64.IsSupported && Popcnt.X64.IsSupported;

    /// <summary>Whether this processor has AVX-VNNI as well.</summary>
    public static bool IsVnniSupported => IsSupported && AvxVnniDot.IsSupported;

    /// <inheritdoc/>
    public string Variant => isVnni ? "avxvnni" : "avx2";

    /// <inheritdoc/>
    public Workers Workers { get; } = workers;

    /// <inheritdoc/>
    public void Dense(in DenseArgs args) => DenseAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void DenseBFloat16(in DenseBFloat16Args args) => DenseBFloat16Avx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args) => SumEmbeddingsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args) => GatherRowsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void GatherRowsBFloat16(in GatherRowsBFloat16Args args) => GatherRowsBFloat16Avx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args) => ElementwiseAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void NormalizeRows(in NormalizeRowsArgs args) => NormalizeRowsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args) => LayerNormAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args) => ConcatColumnsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args) => SoftmaxAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args) => SoftmaxCrossEntropyAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void Attention(in AttentionArgs args) => AttentionAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args) => ComponentDotsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args) => MixLogitsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void ScoreCandidates(in ScoreCandidatesArgs args) => ScoreCandidatesAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void SumNeighbours(in SumNeighboursArgs args) => SumNeighboursAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void NearestRows(in NearestRowsArgs args) => NearestRowsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void Probe(in ProbeArgs args) => ProbeAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void FilterMask(in FilterMaskArgs args) => FilterMaskAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void FusedScan(in FusedScanArgs args) => FusedScanAvx2.Run(in args, Workers, isVnni);

    /// <inheritdoc/>
    public void SelectTopK(in SelectTopKArgs args) => SelectTopKAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void QuantizeRows(in QuantizeRowsArgs args) => QuantizeRowsAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void BuildSignatures(in BuildSignaturesArgs args) => BuildSignaturesAvx2.Run(in args, Workers);

    /// <inheritdoc/>
    public void EvaluateFormula(in EvaluateFormulaArgs args) => EvaluateFormulaAvx2.Run(in args, Workers);
}
