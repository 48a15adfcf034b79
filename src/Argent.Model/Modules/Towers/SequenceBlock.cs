using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// One block of a sequence encoder: y = x + output(attention(norm(x))), z = y + hidden_output(silu(hidden(norm(y)))).
/// </summary>
public sealed class SequenceBlock : Module
{
    readonly SequenceConfig _config;
    readonly NormLayer _norm;
    readonly DenseLayer _queries;
    readonly DenseLayer _keys;
    readonly DenseLayer _values;
    readonly DenseLayer _output;
    readonly NormLayer? _hiddenNorm;
    readonly DenseLayer? _hidden;
    readonly DenseLayer? _hiddenOutput;

    SequenceBlock(SequenceConfig config, Func<string, NormLayer> norm, Func<string, int, int, DenseLayer> dense, int dim)
    {
        _config = config;
        _norm = norm("norm");
        _queries = dense("queries", dim, dim);
        _keys = dense("keys", dim, dim);
        _values = dense("values", dim, dim);
        _output = dense("output", dim, dim);
        if (config.Hidden == 0) return;
        _hiddenNorm = norm("hidden_norm");
        _hidden = dense("hidden", dim, config.Hidden);
        _hiddenOutput = dense("hidden_output", config.Hidden, dim);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children
    {
        get
        {
            yield return ("norm", _norm);
            yield return ("queries", _queries);
            yield return ("keys", _keys);
            yield return ("values", _values);
            yield return ("output", _output);
            if (_hidden is null) yield break;
            yield return ("hidden_norm", _hiddenNorm!);
            yield return ("hidden", _hidden);
            yield return ("hidden_output", _hiddenOutput!);
        }
    }

    /// <summary>A block of zeros; its norms are the identity.</summary>
    public static SequenceBlock Zeros(SequenceConfig config, int dim) =>
        new(config, _ => NormLayer.Identity(dim), (_, inputs, outputs) => DenseLayer.Zeros(inputs, outputs), dim);

    /// <summary>Binds the tensors below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static SequenceBlock FromTensors(SequenceConfig config, int dim, string path, TensorSource tensors) => new(
        config,
        name => NormLayer.FromTensors(path + "." + name, dim, tensors),
        (name, inputs, outputs) => DenseLayer.FromTensors(path + "." + name, inputs, outputs, tensors),
        dim);

    /// <summary>All events of all users.</summary>
    /// <param name="x">[n, D].</param>
    /// <param name="start">[B + 1] bounds of the users' events.</param>
    /// <param name="pass">The arithmetic.</param>
    /// <returns>[n, D], rented.</returns>
    public Tensor<float> Forward(Tensor<float> x, Tensor<int> start, in ForwardPass pass)
    {
        var normal = _norm.Forward(x, pass);
        return Hidden(Attend(x, normal, start, (normal, start), pass), pass);
    }

    /// <summary>The last event of each user alone: what the others would become is not computed.</summary>
    /// <param name="x">[n, D].</param>
    /// <param name="start">[B + 1] bounds of the users' events.</param>
    /// <param name="last">[B] the row of each user's last event, or -1.</param>
    /// <param name="each">[B + 1] 0, 1, 2, ...</param>
    /// <param name="pass">The arithmetic.</param>
    /// <returns>[B, D], rented.</returns>
    public Tensor<float> ForwardLast(Tensor<float> x, Tensor<int> start, Tensor<int> last, Tensor<int> each, in ForwardPass pass)
    {
        var normal = _norm.Forward(x, pass);
        var (asked, askedNormal) = (Rows.Gather(x, last, pass), Rows.Gather(normal, last, pass));
        return Hidden(Attend(asked, askedNormal, each, (normal, start), pass), pass);
    }

    /// <summary>Lays weights out for many passes. They must not change afterwards.</summary>
    public void Freeze()
    {
        foreach (var layer in new[] { _queries, _keys, _values, _output, _hidden, _hiddenOutput }) layer?.Freeze();
    }

    Tensor<float> Attend(
        Tensor<float> x, Tensor<float> normal, Tensor<int> queryStart, (Tensor<float> Normal, Tensor<int> Start) keys, in ForwardPass pass)
    {
        int depth = (int)(x.Shape[1] / _config.Heads);
        var seen = pass.Scratch.Rent<float>(x.Shape);
        pass.Kernels.Attention(new AttentionArgs
        {
            Queries = _queries.Forward(normal, Activation.None, pass),
            Keys = _keys.Forward(keys.Normal, Activation.None, pass),
            Values = _values.Forward(keys.Normal, Activation.None, pass),
            QueryStart = queryStart,
            KeyStart = keys.Start,
            Heads = _config.Heads,
            Scale = 1 / MathF.Sqrt(depth),
            Weighting = _config.Weighting,
            IsCausal = true,
            Output = seen,
        });
        return Rows.Add(x, _output.Forward(seen, Activation.None, pass), pass);
    }

    Tensor<float> Hidden(Tensor<float> x, in ForwardPass pass)
    {
        if (_hidden is null) return x;
        var inner = _hidden.Forward(_hiddenNorm!.Forward(x, pass), Activation.Silu, pass);
        return Rows.Add(x, _hiddenOutput!.Forward(inner, Activation.None, pass), pass);
    }
}

/// <summary>Each row to mean 0 and variance 1, then scaled and shifted by column.</summary>
public sealed class NormLayer : Module
{
    const float Epsilon = 1e-5f;

    readonly Tensor<float> _gain;  // [D]
    readonly Tensor<float> _shift; // [D]

    NormLayer(Tensor<float> gain, Tensor<float> shift) => (_gain, _shift) = (gain, shift);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("gain", AnyTensor.From(_gain)), ("shift", AnyTensor.From(_shift))];

    /// <summary>A layer that only normalises.</summary>
    public static NormLayer Identity(int dim)
    {
        var gain = Tensor.Zeros<float>(new Shape(dim));
        gain.Span.Fill(1);
        return new(gain, Tensor.Zeros<float>(new Shape(dim)));
    }

    /// <summary>Binds <c>gain</c> and <c>shift</c> below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static NormLayer FromTensors(string path, int dim, TensorSource tensors) =>
        new(tensors.Get<float>(path + ".gain", [dim]), tensors.Get<float>(path + ".shift", [dim]));

    /// <summary>x [n, D] to [n, D], rented.</summary>
    public Tensor<float> Forward(Tensor<float> x, in ForwardPass pass)
    {
        var y = pass.Scratch.Rent<float>(x.Shape);
        pass.Kernels.LayerNorm(new LayerNormArgs { Input = x, Gain = _gain, Shift = _shift, Epsilon = Epsilon, Output = y });
        return y;
    }
}
