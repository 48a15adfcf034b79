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

    readonly TensorSource? _source;
    readonly Func<string, AnyTensor?>? _find;
    readonly Random? _random;
    readonly bool _isServed;
    readonly List<(string Name, AnyTensor Tensor)> _tensors = [];

    OverArchWeights(TensorSource? source, Func<string, AnyTensor?>? find, Random? random, bool isServed) =>
        (_source, _find, _random, _isServed) = (source, find, random, isServed);

    /// <summary>New weights for training.</summary>
    public static OverArchWeights New(ulong seed) => new(null, null, new Random(unchecked((int)(seed ^ (seed >> 32)))), false);

    /// <summary>float32 weights of a trained model, which may go on training.</summary>
    /// <param name="tensors">The tensor of a path such as <c>over_arch.output.weight</c>, or null.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    public static OverArchWeights Trained(Func<string, AnyTensor?> tensors, string origin) =>
        new(new TensorSource(tensors, origin), tensors, null, false);

    /// <summary>Weights that only serve, in bfloat16: those of an artifact, or float32 ones, which are rounded.</summary>
    /// <param name="tensors">The tensor of a path, or null.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    public static OverArchWeights Served(Func<string, AnyTensor?> tensors, string origin) =>
        new(new TensorSource(tensors, origin), tensors, null, true);

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
        var weight = Take(name + ".weight", new Shape(outputs, inputs), scale ?? MathF.Sqrt(2f / inputs), out var rounded);
        return new ScorerLayer(weight, rounded, Vector(name + ".bias", outputs, 0));
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

    /// <summary>A matrix, for a module that is more than dense layers: float32, of bfloat16 numbers when serving.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale">Standard deviation of new weights.</param>
    public Tensor<float> Matrix(string name, int rows, int columns, float scale) =>
        Take(name, new Shape(rows, columns), scale, out _);

    Tensor<float> Take(string name, Shape shape, float scale, out Tensor<BFloat16> rounded)
    {
        rounded = default;
        if (_source is null)
        {
            var drawn = Tensor.Zeros<float>(shape);
            for (long i = 0; i < drawn.Count; i++) drawn[i] = scale * Normal();
            _tensors.Add((name, AnyTensor.From(drawn)));
            return drawn;
        }
        if (!_isServed)
        {
            var trained = _source.Get<float>(Path + name, [shape[0], shape[1]]);
            _tensors.Add((name, AnyTensor.From(trained)));
            return trained;
        }
        rounded = _find!(Path + name) is { Type: ElementType.F32 }
            ? Rounded(_source.Get<float>(Path + name, [shape[0], shape[1]]))
            : _source.Get<BFloat16>(Path + name, [shape[0], shape[1]]);
        var widened = Tensor.Zeros<float>(shape);
        for (long i = 0; i < widened.Count; i++) widened[i] = (float)rounded[i];
        _tensors.Add((name, AnyTensor.From(rounded)));
        return widened;
    }

    static Tensor<BFloat16> Rounded(Tensor<float> values)
    {
        var rounded = Tensor.Zeros<BFloat16>(values.Shape);
        for (long i = 0; i < values.Count; i++) rounded[i] = (BFloat16)values[i];
        return rounded;
    }

    float Normal()
    {
        // Box-Muller; 1 - u keeps the logarithm finite.
        double u = 1 - _random!.NextDouble(), v = _random.NextDouble();
        return (float)(Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }
}

/// <summary>A dense layer of an OverArch: float32 while it is trained, bfloat16 weights when it serves.</summary>
public sealed class ScorerLayer
{
    readonly Tensor<BFloat16> _panels;

    internal ScorerLayer(Tensor<float> weight, Tensor<BFloat16> rounded, Tensor<float> bias)
    {
        (Weight, Bias) = (weight, bias);
        if (rounded.IsPresent) _panels = RowPanels.OfBFloat16(rounded);
    }

    /// <summary>[N, K] float32; of bfloat16 numbers when it serves.</summary>
    public Tensor<float> Weight { get; }

    /// <summary>[N] float32.</summary>
    public Tensor<float> Bias { get; }

    /// <summary>x [C, K] to activation(x Wᵀ + b) [C, N], rented.</summary>
    public Tensor<float> Forward(Tensor<float> x, Activation activation, in ForwardPass pass)
    {
        var y = pass.Scratch.Rent<float>(new Shape(x.Shape[0], Weight.Shape[0]));
        if (_panels.IsPresent)
        {
            pass.Kernels.DenseBFloat16(new DenseBFloat16Args
            {
                Input = x,
                WeightPanels = _panels,
                Bias = Bias,
                Activation = activation,
                Output = y,
            });
        }
        else
        {
            pass.Kernels.Dense(new DenseArgs { Input = x, Weight = Weight, Bias = Bias, Activation = activation, Output = y });
        }
        return y;
    }
}
