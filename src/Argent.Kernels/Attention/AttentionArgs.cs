using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>How the logits of one query become weights of the keys that it sees.</summary>
public enum AttentionWeighting
{
    /// <summary>e^logit, divided by the sum over the keys.</summary>
    Softmax,

    /// <summary>logit * sigmoid(logit), divided by the number of keys: the pointwise weights of HSTU (Zhai et al. 2024).</summary>
    Silu,
}

/// <summary>
/// Attention within segments of a batch, for each head h: logit(i, j) = scale * query(i, h) · key(j, h) + bias(i, j, h);
/// output(i, h) = sum over the keys j that i sees of weight(i, j) * value(j, h) (Vaswani et al. 2017).
/// </summary>
/// <remarks>
/// <para>A query sees the keys of its own segment; a segment may be empty on either side. A query that sees no key gets
/// zeros. The three uses are self-attention (both starts alike), attention over a request's candidates, and attention of
/// candidates over a history (queries and keys of different numbers).</para>
/// <para>Error of an output under 2e-6 * (1 + the largest sum of |products| of a logit) * the largest |value| it sees. A
/// segment's outputs have the same bits whatever segments are beside it and however many threads run. Working memory is
/// some rows of logits for each thread, never queries times keys.</para>
/// </remarks>
public readonly record struct AttentionArgs
{
    /// <summary>[Q, H * E] float32, the heads of a row side by side.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[K, H * E] float32; may be <see cref="Queries"/>.</summary>
    public required Tensor<float> Keys { get; init; }

    /// <summary>[K, H * V] float32.</summary>
    public required Tensor<float> Values { get; init; }

    /// <summary>[B + 1] int32, bounds of each segment's queries.</summary>
    public required Tensor<int> QueryStart { get; init; }

    /// <summary>[B + 1] int32, bounds of each segment's keys.</summary>
    public required Tensor<int> KeyStart { get; init; }

    /// <summary>H, 1 or more.</summary>
    public required int Heads { get; init; }

    /// <summary>Factor of the products: usually 1 / sqrt(E).</summary>
    public required float Scale { get; init; }

    /// <summary>How logits become weights.</summary>
    public AttentionWeighting Weighting { get; init; }

    /// <summary>
    /// Whether a query sees no later key. The last query of a segment is beside its last key: of q queries and n keys,
    /// query i sees key j when j is at most i + n - q.
    /// </summary>
    public bool IsCausal { get; init; }

    /// <summary>
    /// [P, H] float32 added to the logits by how far a query's place is past a key's, or no tensor for no bias. Row p is for
    /// distances with p of <see cref="BiasBounds"/> at or below them. Places are positions, or times.
    /// </summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>[P - 1] int32, ascending; only with a bias.</summary>
    public Tensor<int> BiasBounds { get; init; }

    /// <summary>[Q] int32; only with a bias.</summary>
    public Tensor<int> QueryPlaces { get; init; }

    /// <summary>[K] int32; only with a bias.</summary>
    public Tensor<int> KeyPlaces { get; init; }

    /// <summary>[Q, H * V] float32, overwritten; overlaps no operand.</summary>
    public required Tensor<float> Output { get; init; }
}
