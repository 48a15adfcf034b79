using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Where an OverArch takes its weights from: new ones, drawn from a seed, for training; or those of a file. Whatever is
/// taken has a name below <c>over_arch</c> and is trained, saved and published under it.
/// </summary>
public sealed class OverArchWeights
{
    const string Path = "over_arch.";

    // Beside the purposes 1 to 9 of Argent.Training: no other draw of the same seed has these streams.
    const ulong Purpose = 10;

    readonly TensorSource? _source;
    readonly Func<string, AnyTensor?>? _find;
    readonly ulong _seed;
    readonly bool _isServed;
    readonly List<(string Name, AnyTensor Tensor)> _tensors = [];

    OverArchWeights(TensorSource? source, Func<string, AnyTensor?>? find, ulong seed, bool isServed) =>
        (_source, _find, _seed, _isServed) = (source, find, seed, isServed);

    /// <summary>New weights for training.</summary>
    public static OverArchWeights New(ulong seed) => new(null, null, seed, false);

    /// <summary>float32 weights of a trained model, which may go on training.</summary>
    /// <param name="tensors">The tensor of a path such as <c>over_arch.output.weight</c>, or null.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    public static OverArchWeights Trained(Func<string, AnyTensor?> tensors, string origin) =>
        new(new TensorSource(tensors, origin), tensors, 0, false);

    /// <summary>Weights that only serve, in bfloat16: those of an artifact, or float32 ones, which are rounded.</summary>
    /// <param name="tensors">The tensor of a path, or null.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    public static OverArchWeights Served(Func<string, AnyTensor?> tensors, string origin) =>
        new(new TensorSource(tensors, origin), tensors, 0, true);

    /// <summary>What was taken so far, by name: float32 in training, bfloat16 in serving.</summary>
    internal IReadOnlyList<(string Name, AnyTensor Tensor)> Tensors => _tensors;

    /// <summary>A dense layer, <c>name.weight</c> [outputs, inputs] and <c>name.bias</c> [outputs].</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputs">Numbers in a row of its input.</param>
    /// <param name="outputs">Numbers in a row of its output.</param>
    /// <param name="scale">Standard deviation of new weights; null for sqrt(2 / inputs). A new bias is zero.</param>
    /// <exception cref="InvalidDataException">A loaded tensor is missing or has another shape.</exception>
    public ScorerLayer Dense(string name, int inputs, int outputs, float? scale = null)
    {
        var shape = new Shape(outputs, inputs);
        var (weight, panels) = (default(Tensor<float>), default(Tensor<BFloat16>));
        if (_isServed) panels = RowPanels.OfBFloat16(Rounded(name + ".weight", shape));
        else weight = Trainable(name + ".weight", shape, scale ?? MathF.Sqrt(2f / inputs));
        return new ScorerLayer(weight, panels, Vector(name + ".bias", outputs, 0));
    }

    /// <summary>A row of numbers, kept in float32 when serving too.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="count">Numbers.</param>
    /// <param name="value">What new ones are.</param>
    public Tensor<float> Vector(string name, int count, float value)
    {
        Tensor<float> vector;
        if (_source is { } source)
        {
            vector = source.Get<float>(Path + name, count);
        }
        else
        {
            vector = Tensor.Zeros<float>(new Shape(count));
            vector.Span.Fill(value);
        }
        _tensors.Add((name, AnyTensor.From(vector)));
        return vector;
    }

    Tensor<float> Trainable(string name, Shape shape, float scale)
    {
        var weight = _source?.Get<float>(Path + name, [shape[0], shape[1]]) ?? Drawn(shape, scale);
        _tensors.Add((name, AnyTensor.From(weight)));
        return weight;
    }

    /// <summary>A stream for each tensor: its numbers do not depend on the sizes of those before it.</summary>
    Tensor<float> Drawn(Shape shape, float scale)
    {
        var random = new CounterRandom(_seed, Purpose, 0, _tensors.Count);
        var drawn = Tensor.Zeros<float>(shape);
        foreach (ref float value in drawn.Span) value = scale * random.NextNormal();
        return drawn;
    }

    Tensor<BFloat16> Rounded(string name, Shape shape)
    {
        var rounded = _find!(Path + name) is { Type: ElementType.F32 }
            ? Rounded(_source!.Get<float>(Path + name, [shape[0], shape[1]]))
            : _source!.Get<BFloat16>(Path + name, [shape[0], shape[1]]);
        _tensors.Add((name, AnyTensor.From(rounded)));
        return rounded;
    }

    static Tensor<BFloat16> Rounded(Tensor<float> values)
    {
        var rounded = Tensor.Zeros<BFloat16>(values.Shape);
        for (long i = 0; i < values.Count; i++) rounded[i] = (BFloat16)values[i];
        return rounded;
    }
}

/// <summary>A dense layer of an OverArch: float32 while it is trained, bfloat16 weights when it serves.</summary>
public sealed class ScorerLayer
{
    readonly Tensor<float> _weight;     // [N, K], in training alone
    readonly Tensor<BFloat16> _panels;  // of [N, K], in serving alone
    readonly Tensor<float> _bias;       // [N]

    internal ScorerLayer(Tensor<float> weight, Tensor<BFloat16> panels, Tensor<float> bias) =>
        (_weight, _panels, _bias) = (weight, panels, bias);

    /// <summary>x [C, K] to activation(x Wᵀ + b) [C, N], rented.</summary>
    public Tensor<float> Forward(Tensor<float> x, Activation activation, in ForwardPass pass)
    {
        var y = pass.Scratch.Rent<float>(new Shape(x.Shape[0], _bias.Count));
        if (_panels.IsPresent)
        {
            pass.Kernels.DenseBFloat16(new DenseBFloat16Args
            {
                Input = x,
                WeightPanels = _panels,
                Bias = _bias,
                Activation = activation,
                Output = y,
            });
        }
        else
        {
            pass.Kernels.Dense(new DenseArgs { Input = x, Weight = _weight, Bias = _bias, Activation = activation, Output = y });
        }
        return y;
    }
}
