using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Where gradients are: one gradient per float32 tensor that needs one, of the same shape.</summary>
public interface IGradients
{
    /// <summary>The gradient of <paramref name="tensor"/>, to be added to; no tensor when nobody needs it.</summary>
    Tensor<float> Of(in Tensor<float> tensor);

    /// <summary>
    /// Notes that rows <paramref name="rows"/> of the gradient of <paramref name="table"/> were added to; negative rows do
    /// not count.
    /// </summary>
    void Touch(in Tensor<float> table, in Tensor<int> rows);
}

/// <summary>
/// The gradients of the trainable operations. Each takes the arguments of its forward call, reads the output's gradient
/// and adds to the gradients of its inputs. Sums run in an order that does not depend on the number of threads.
/// </summary>
public interface IGradientKernels
{
    /// <summary>Gradient of <see cref="IKernels.Dense"/>.</summary>
    void Dense(in DenseArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.SumEmbeddings"/>; touches the rows it adds to.</summary>
    void SumEmbeddings(in SumEmbeddingsArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.GatherRows"/>; touches the rows it adds to.</summary>
    void GatherRows(in GatherRowsArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.Elementwise"/>.</summary>
    void Elementwise(in ElementwiseArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.NormalizeRows"/>.</summary>
    void NormalizeRows(in NormalizeRowsArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.LayerNorm"/>.</summary>
    void LayerNorm(in LayerNormArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.ConcatColumns"/>.</summary>
    void ConcatColumns(in ConcatColumnsArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.Softmax"/>.</summary>
    void Softmax(in SoftmaxArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.SoftmaxCrossEntropy"/>.</summary>
    void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.Attention"/>.</summary>
    void Attention(in AttentionArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.ComponentDots"/>.</summary>
    void ComponentDots(in ComponentDotsArgs args, IGradients gradients);

    /// <summary>Gradient of <see cref="IKernels.MixLogits"/>.</summary>
    void MixLogits(in MixLogitsArgs args, IGradients gradients);
}
