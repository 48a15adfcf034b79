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

    /// <summary>Checks ranges.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check()
    {
        CrossedInputs.Check(Projection);
        if (Hidden.Count == 0 || Hidden.Any(width => width is < 1 or > 65_536))
        {
            throw new InvalidDataException("hidden names one layer or more, each of a width of 1 to 65,536.");
        }
    }
}

/// <summary>
/// A perceptron over [user, item, user * item, features]: u = Wu · heads, i = Wi · embedding (computed at publish),
/// logits = W · silu(... [u, i, u ∘ i, features]) + V · features. The last term makes it begin as a linear model.
/// </summary>
public sealed class MlpOverArch : OverArch
{
    readonly CrossedInputs _inputs; // [C, 3 * P + F]
    readonly ScorerLayer[] _hidden;
    readonly ScorerLayer _output;   // [T, width of the last hidden layer]
    readonly ScorerLayer? _linear;  // [T, F]

    /// <summary>A perceptron for the sizes given.</summary>
    /// <exception cref="InvalidDataException">An option is out of range.</exception>
    public MlpOverArch(OverArchShape shape, OverArchWeights weights) : base(weights)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(weights);
        var options = shape.Read<MlpOptions>();
        options.Check();
        _inputs = new CrossedInputs(shape, options.Projection, weights);
        _hidden = new ScorerLayer[options.Hidden.Count];
        for (int i = 0; i < _hidden.Length; i++)
        {
            _hidden[i] = weights.Dense($"hidden.{i}", i == 0 ? _inputs.Width : options.Hidden[i - 1], options.Hidden[i]);
        }
        _output = weights.Dense("output", options.Hidden[^1], shape.Tasks, 0);
        if (shape.Features > 0) _linear = weights.Dense("linear", shape.Features, shape.Tasks, 0.1f);
    }

    /// <inheritdoc/>
    public override bool ReadsItems => _inputs.ReadsItems;

    /// <inheritdoc/>
    public override Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) => _inputs.ItemSide(embeddings, pass);

    /// <inheritdoc/>
    public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var x = _inputs.Forward(batch, pass);
        foreach (var layer in _hidden) x = layer.Forward(x, Activation.Silu, pass);
        var logits = _output.Forward(x, Activation.None, pass);
        if (_linear is null) return logits;
        var linear = _linear.Forward(batch.Features, Activation.None, pass);
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Add, Left = logits, Right = linear, Output = logits });
        return logits;
    }
}
