using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// What a user's past items say of each candidate: a(c) = sum over past items j of softmax(k(c) · k(j) / sqrt(A)) * v(j), and
/// its products with v(c) (target attention; Zhou et al. 2018, "Deep Interest Network for Click-Through Rate Prediction").
/// </summary>
/// <remarks>
/// Candidates and past items have their keys from one layer and their values from another: so attention begins as
/// likeness, with half as much to learn as with layers of their own. Without past items the rows are zero.
/// </remarks>
sealed class TargetAttention
{
    readonly int _width;
    readonly ScorerLayer? _item;    // [A, D], where there is no projection
    readonly ScorerLayer _key;      // [A, I]
    readonly ScorerLayer _value;    // [A, I]

    /// <summary>Attention of width A over sides of P numbers, or, with P 0, over sides of its own.</summary>
    public TargetAttention(OverArchShape shape, int projection, int width, OverArchWeights weights)
    {
        _width = width;
        int side = projection > 0 ? projection : width;
        if (projection == 0) _item = weights.Dense("target.item", shape.Dim, width, 1 / MathF.Sqrt(shape.Dim));
        _key = weights.Dense("target.key", side, width, 1 / MathF.Sqrt(side));
        _value = weights.Dense("target.value", side, width, 1 / MathF.Sqrt(side));
    }

    /// <summary>2 * A, numbers in a row.</summary>
    public int Width => 2 * _width;

    /// <summary>[n, A] sides of its own; as they are where there is a projection.</summary>
    public Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) =>
        _item is null ? embeddings : _item.Forward(embeddings, Activation.None, pass);

    /// <summary>[C, 2 * A] of a batch with items and history.</summary>
    public Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var attended = pass.Scratch.Rent<float>(new Shape(batch.Count, _width));
        pass.Kernels.Attention(new AttentionArgs
        {
            Queries = _key.Forward(batch.Items, Activation.None, pass),
            Keys = _key.Forward(batch.History, Activation.None, pass),
            Values = _value.Forward(batch.History, Activation.None, pass),
            QueryStart = batch.Start,
            KeyStart = batch.HistoryStart,
            Heads = 1,
            Scale = 1 / MathF.Sqrt(_width),
            Output = attended,
        });
        var own = _value.Forward(batch.Items, Activation.None, pass);
        return CandidateRows.Beside(attended, CandidateRows.Product(attended, own, pass), pass);
    }
}
