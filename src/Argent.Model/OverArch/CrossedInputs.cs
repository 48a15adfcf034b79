using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Rows [user, item, user * item, features] of candidates: u = Wu · heads, i = Wi · embedding (computed at publish), of P
/// numbers each; with P 0 the features alone, and no item is read.
/// </summary>
sealed class CrossedInputs
{
    readonly ScorerLayer? _user;    // [P, H * D]
    readonly ScorerLayer? _item;    // [P, D]

    /// <summary>Inputs for the sizes given.</summary>
    /// <exception cref="InvalidDataException">There is nothing to read.</exception>
    public CrossedInputs(OverArchShape shape, int projection, OverArchWeights weights)
    {
        Width = (3 * projection) + shape.Features;
        if (Width == 0) throw new InvalidDataException("The OverArch has no input: there are neither features nor a projection.");
        if (projection == 0) return;
        _user = weights.Dense("user", shape.Heads * shape.Dim, projection, 1 / MathF.Sqrt(shape.Heads * shape.Dim));
        _item = weights.Dense("item", shape.Dim, projection, 1 / MathF.Sqrt(shape.Dim));
    }

    /// <summary>3 * P + F, numbers in a row.</summary>
    public int Width { get; }

    /// <summary>Whether the items' sides are part of the rows.</summary>
    public bool ReadsItems => _item is not null;

    /// <summary>Checks the range of P.</summary>
    /// <exception cref="InvalidDataException">It is out of range.</exception>
    public static void Check(int projection)
    {
        if (projection is < 0 or > 4096) throw new InvalidDataException($"projection is {projection}; it is 0 to 4096.");
    }

    /// <summary>[n, P]; the embeddings themselves where no item is read.</summary>
    public Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) =>
        _item is null ? embeddings : _item.Forward(embeddings, Activation.None, pass);

    /// <summary>[C, 3 * P + F].</summary>
    public Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        if (_user is null) return batch.Features;
        var own = _user.Forward(CandidateRows.Users(batch), Activation.None, pass);
        var users = CandidateRows.Gathered(own, batch.Request, pass);
        var products = CandidateRows.Product(users, batch.Items, pass);
        var both = CandidateRows.Beside(CandidateRows.Beside(users, batch.Items, pass), products, pass);
        return CandidateRows.Beside(both, batch.Features, pass);
    }
}
