using Argent.Kernels;

namespace Argent.Training;

public sealed partial class Tape
{
    /// <summary>Refuses: there is no gradient.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void ScoreCandidates(in ScoreCandidatesArgs args) => throw Untrainable(nameof(ScoreCandidates));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void DenseBFloat16(in DenseBFloat16Args args) => throw Untrainable(nameof(DenseBFloat16));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void GatherRowsBFloat16(in GatherRowsBFloat16Args args) => throw Untrainable(nameof(GatherRowsBFloat16));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void SumNeighbours(in SumNeighboursArgs args) => throw Untrainable(nameof(SumNeighbours));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void NearestRows(in NearestRowsArgs args) => throw Untrainable(nameof(NearestRows));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void Probe(in ProbeArgs args) => throw Untrainable(nameof(Probe));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void FilterMask(in FilterMaskArgs args) => throw Untrainable(nameof(FilterMask));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void FusedScan(in FusedScanArgs args) => throw Untrainable(nameof(FusedScan));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void SelectTopK(in SelectTopKArgs args) => throw Untrainable(nameof(SelectTopK));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void QuantizeRows(in QuantizeRowsArgs args) => throw Untrainable(nameof(QuantizeRows));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void BuildSignatures(in BuildSignaturesArgs args) => throw Untrainable(nameof(BuildSignatures));

    /// <inheritdoc cref="ScoreCandidates"/>
    public void EvaluateFormula(in EvaluateFormulaArgs args) => throw Untrainable(nameof(EvaluateFormula));

    static NotSupportedException Untrainable(string operation) => new(
        $"{operation} has no gradient and cannot run on a tape; train without it, or run that part of the model on the plain kernels.");
}
