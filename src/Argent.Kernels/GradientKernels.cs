using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The gradients of the trainable operations on the host processor; not for several threads at once.</summary>
/// <param name="kernels">Whose calls are differentiated: brings the threads and decides between plain and fast loops.</param>
public sealed class GradientKernels(IKernels kernels) : IGradientKernels
{
    readonly GradientContext _context = new(
        kernels.Workers, !string.Equals(kernels.Variant, "reference", StringComparison.Ordinal), new Scratch());

    /// <inheritdoc/>
    public void Dense(in DenseArgs args, IGradients gradients) => DenseGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args, IGradients gradients) =>
        SumEmbeddingsGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args, IGradients gradients) =>
        GatherRowsGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args, IGradients gradients) =>
        ElementwiseGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void NormalizeRows(in NormalizeRowsArgs args, IGradients gradients) =>
        NormalizeRowsGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args, IGradients gradients) =>
        LayerNormGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args, IGradients gradients) =>
        ConcatColumnsGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args, IGradients gradients) => SoftmaxGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args, IGradients gradients) =>
        SoftmaxCrossEntropyGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void Attention(in AttentionArgs args, IGradients gradients) => AttentionGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args, IGradients gradients) =>
        ComponentDotsGradient.Run(args, gradients, _context);

    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args, IGradients gradients) => MixLogitsGradient.Run(args, gradients, _context);
}

/// <summary>What a gradient runs with.</summary>
/// <param name="Workers">Threads.</param>
/// <param name="Fast">False for the plain loops of the reference.</param>
/// <param name="Scratch">Memory of a call, given back at its end.</param>
sealed record GradientContext(Workers Workers, bool Fast, Scratch Scratch);
