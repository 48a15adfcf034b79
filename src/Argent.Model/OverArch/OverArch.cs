using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// A learned scorer of candidates: it sees the user, each candidate and how they cross, and gives a logit for each task.
/// Derive from it, take weights from <see cref="OverArchWeights"/> in the constructor, register the kind in
/// <see cref="OverArchKinds"/>: then it is trained, published and served like the built-in ones (docs/extending.md).
/// </summary>
/// <param name="weights">What the constructor of the derived class takes its weights from.</param>
public abstract class OverArch(OverArchWeights weights) : Module
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors => weights.Tensors;

    /// <summary>
    /// True when a candidate's logits depend on the other candidates of its request: then all candidates of a request are
    /// in one batch. False: they may come in several, so that intermediate results stay in the cache.
    /// </summary>
    public virtual bool SeesWholeList => false;

    /// <summary>True when <see cref="Forward"/> reads the users' past items; false: the batch has none of them.</summary>
    public virtual bool ReadsHistory => false;

    /// <summary>True when <see cref="Forward"/> reads the items' sides; false: there are none, and nothing is gathered.</summary>
    public virtual bool ReadsItems => true;

    /// <summary>
    /// What is known of an item alone. In training it runs on the tape; publishing computes it once for every item and keeps
    /// it as <c>over_arch.items</c> [S, I] bfloat16, so that serving only gathers rows. Here the embeddings themselves.
    /// </summary>
    /// <param name="embeddings">[n, D] float32 item embeddings.</param>
    /// <param name="pass">What it runs with.</param>
    /// <returns>[n, I] float32; I may not depend on n.</returns>
    public virtual Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) => embeddings;

    /// <summary>Logits of candidates.</summary>
    /// <param name="batch">Candidates of one or more requests, one at least.</param>
    /// <param name="pass">What it runs with.</param>
    /// <returns>[C, T] float32, rented.</returns>
    public abstract Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass);
}
