using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Options of the kind <c>mlp</c>.</summary>
public sealed record MlpOptions
{
    /// <summary>
    /// P: embeddings enter as P numbers of the user, P of the item and their P products; 0 for cross features alone, which
    /// is the default: with 2,500 users to learn from, 16 ranked worse on goodbooks.
    /// </summary>
    public int Projection { get; init; }

    /// <summary>Widths of the hidden layers, of which there is one at least.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [32];

    /// <summary>
    /// A: each candidate attends over the user's past items with keys and values of A numbers, and the attended values and
    /// their products with the candidate's own are inputs too; 0 for none: then no history is read.
    /// </summary>
    public int TargetAttention { get; init; }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check()
    {
        CrossedInputs.Check(Projection);
        if (TargetAttention is < 0 or > 4096) throw new InvalidDataException($"targetAttention is {TargetAttention}; it is 0 to 4096.");
        if (Hidden.Count == 0 || Hidden.Any(width => width is < 1 or > 65_536))
        {
            throw new InvalidDataException("hidden names one layer or more, each of a width of 1 to 65,536.");
        }
    }
}

/// <summary>
/// A perceptron over [user, item, user * item, features], and, where asked, [attended history, attended * item]: u = Wu · heads,
/// i = Wi · embedding (computed at publish), logits = W · silu(... [u, i, u ∘ i, features, a, a ∘ v]) + V · features. The last
/// term makes it begin as a linear model.
/// </summary>
public sealed class MlpOverArch : OverArch
{
    readonly CrossedInputs _inputs;     // [C, 3 * P + F]
    readonly TargetAttention? _target;  // [C, 2 * A]
    readonly ScorerLayer[] _hidden;
    readonly ScorerLayer _output;       // [T, width of the last hidden layer]
    readonly ScorerLayer? _linear;      // [T, F]

    /// <summary>A perceptron for the sizes given.</summary>
    /// <exception cref="InvalidDataException">An option is out of range.</exception>
    public MlpOverArch(OverArchShape shape, OverArchWeights weights) : base(weights)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(weights);
        var options = shape.Read<MlpOptions>();
        options.Check();
        _inputs = new CrossedInputs(shape, options.Projection, weights);
        if (options.TargetAttention > 0)
        {
            _target = new TargetAttention(shape, options.Projection, options.TargetAttention, weights);
        }
        int inputs = _inputs.Width + (_target?.Width ?? 0);
        _hidden = new ScorerLayer[options.Hidden.Count];
        for (int i = 0; i < _hidden.Length; i++)
        {
            _hidden[i] = weights.Dense($"hidden.{i}", i == 0 ? inputs : options.Hidden[i - 1], options.Hidden[i]);
        }
        _output = weights.Dense("output", options.Hidden[^1], shape.Tasks, 0);
        if (shape.Features > 0) _linear = weights.Dense("linear", shape.Features, shape.Tasks, 0.1f);
    }

    /// <inheritdoc/>
    public override bool ReadsItems => _inputs.ReadsItems || ReadsHistory;

    /// <inheritdoc/>
    public override bool ReadsHistory => _target is not null;

    /// <inheritdoc/>
    public override Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass)
    {
        var side = _inputs.ItemSide(embeddings, pass);
        return _target is null ? side : _target.ItemSide(side, pass);
    }

    /// <inheritdoc/>
    public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var x = _inputs.Forward(batch, pass);
        if (_target is not null) x = CandidateRows.Beside(x, _target.Forward(batch, pass), pass);
        foreach (var layer in _hidden) x = layer.Forward(x, Activation.Silu, pass);
        var logits = _output.Forward(x, Activation.None, pass);
        if (_linear is null) return logits;
        var linear = _linear.Forward(batch.Features, Activation.None, pass);
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Add, Left = logits, Right = linear, Output = logits });
        return logits;
    }
}
