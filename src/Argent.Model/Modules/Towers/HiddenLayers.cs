using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Hidden layers beside a linear path: y = Dense(silu(Dense(... x))). The output layer starts at zero, so that a tower
/// begins as its linear part and the layers learn only what that cannot say.
/// </summary>
public sealed class HiddenLayers : Module
{
    readonly DenseLayer[] _layers;
    readonly Tensor<float> _output; // [N, width of the last layer]
    Tensor<float> _outputPanels;

    HiddenLayers(DenseLayer[] layers, Tensor<float> output) => (_layers, _output) = (layers, output);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children =>
        _layers.Select((layer, i) => (i.ToString(CultureInfo.InvariantCulture), (Module)layer));

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors => [("output", AnyTensor.From(_output))];

    /// <summary>Zero layers of the widths given, from <paramref name="inputs"/> to <paramref name="outputs"/> numbers.</summary>
    public static HiddenLayers Zeros(int inputs, IReadOnlyList<int> widths, int outputs)
    {
        var layers = widths.Select((width, i) => DenseLayer.Zeros(i == 0 ? inputs : widths[i - 1], width)).ToArray();
        return new(layers, Tensor.Zeros<float>(new Shape(outputs, widths[^1])));
    }

    /// <summary>Binds the tensors below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static HiddenLayers FromTensors(string path, int inputs, IReadOnlyList<int> widths, int outputs, TensorSource tensors)
    {
        var layers = new DenseLayer[widths.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = path + "." + i.ToString(CultureInfo.InvariantCulture);
            layers[i] = DenseLayer.FromTensors(name, i == 0 ? inputs : widths[i - 1], widths[i], tensors);
        }
        return new(layers, tensors.Get<float>(path + ".output", [outputs, widths[^1]]));
    }

    /// <summary>x [B, K] to [B, N], rented.</summary>
    public Tensor<float> Forward(Tensor<float> x, in ForwardPass pass)
    {
        foreach (var layer in _layers) x = layer.Forward(x, Activation.Silu, pass);
        var y = pass.Scratch.Rent<float>(new Shape(x.Shape[0], _output.Shape[0]));
        pass.Kernels.Dense(new DenseArgs { Input = x, Weight = _output, WeightPanels = _outputPanels, Output = y });
        return y;
    }

    /// <summary>Lays weights out for many passes. They must not change afterwards.</summary>
    public void Freeze()
    {
        foreach (var layer in _layers) layer.Freeze();
        _outputPanels = RowPanels.Of(_output);
    }
}

/// <summary>A dense layer: x Wᵀ + b.</summary>
public sealed class DenseLayer : Module
{
    Tensor<float> _panels;

    DenseLayer(Tensor<float> weight, Tensor<float> bias) => (Weight, Bias) = (weight, bias);

    /// <summary>[N, K] float32.</summary>
    public Tensor<float> Weight { get; }

    /// <summary>[N] float32.</summary>
    public Tensor<float> Bias { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("weight", AnyTensor.From(Weight)), ("bias", AnyTensor.From(Bias))];

    /// <summary>A zero layer.</summary>
    public static DenseLayer Zeros(int inputs, int outputs) =>
        new(Tensor.Zeros<float>(new Shape(outputs, inputs)), Tensor.Zeros<float>(new Shape(outputs)));

    /// <summary>Binds <c>weight</c> and <c>bias</c> below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static DenseLayer FromTensors(string path, int inputs, int outputs, TensorSource tensors) =>
        new(tensors.Get<float>(path + ".weight", [outputs, inputs]), tensors.Get<float>(path + ".bias", [outputs]));

    /// <summary>x [B, K] to activation(x Wᵀ + b) [B, N], rented.</summary>
    public Tensor<float> Forward(Tensor<float> x, Activation activation, in ForwardPass pass)
    {
        var y = pass.Scratch.Rent<float>(new Shape(x.Shape[0], Weight.Shape[0]));
        pass.Kernels.Dense(new DenseArgs
        {
            Input = x,
            Weight = Weight,
            WeightPanels = _panels,
            Bias = Bias,
            Activation = activation,
            Output = y,
        });
        return y;
    }

    /// <summary>Lays the weight out for many passes, which give the same bits. It must not change afterwards.</summary>
    public void Freeze() => _panels = RowPanels.Of(Weight);
}
