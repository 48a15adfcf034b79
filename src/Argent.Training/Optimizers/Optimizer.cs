using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// A rule that moves parameters against their gradients. Results do not depend on the number of threads: every element
/// is updated from its own values only.
/// </summary>
public abstract class Optimizer
{
    readonly string _name;
    readonly Tensor<long> _steps = Tensor.Zeros<long>(new Shape(1));
    readonly List<(string Name, AnyTensor Tensor)> _state = [];

    private protected Optimizer(string name, IEnumerable<Parameter> parameters, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(workers);
        _name = name;
        Parameters = [.. parameters];
        Workers = workers;
        _state.Add((name + ".steps", AnyTensor.From(_steps)));
    }

    /// <summary>What is moved.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Factor of every move; may change between steps (a schedule).</summary>
    public required float LearningRate { get; set; }

    /// <summary>
    /// Decoupled weight decay: every updated element also moves by -LearningRate * WeightDecay * value (Loshchilov and
    /// Hutter 2019). Rows of a table that were not touched do not decay.
    /// </summary>
    public float WeightDecay { get; set; }

    /// <summary>Steps done.</summary>
    public long Steps => _steps[0];

    /// <summary>
    /// All that a continued training needs beside the parameters, by name: <c>adam.item_tower.id.weight.mean</c>. The
    /// tensors are the live ones, not copies.
    /// </summary>
    public IReadOnlyList<(string Name, AnyTensor Tensor)> State => _state;

    /// <summary>Moves every parameter once, then sets the gradients to zero (touched rows only, for tables).</summary>
    public void Step()
    {
        _steps[0]++;
        for (int i = 0; i < Parameters.Count; i++)
        {
            Update(i);
            Parameters[i].Touched?.Clear();
        }
    }

    /// <summary>Copies the state from tensors of the same names.</summary>
    /// <param name="tensors">The tensor of a name, or null when there is none.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape; nothing was changed.</exception>
    public void Load(Func<string, AnyTensor?> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var found = _state.ConvertAll(s => Matching(s.Name, s.Tensor, tensors(s.Name)));
        for (int i = 0; i < found.Count; i++) Copy(found[i], _state[i].Tensor);
    }

    private protected Workers Workers { get; }

    /// <summary>Moves parameter <paramref name="index"/> and zeroes the gradient it used.</summary>
    private protected abstract void Update(int index);

    /// <summary>Allocates a zero tensor of state for each parameter.</summary>
    private protected Tensor<float>[] AddState(string suffix, Func<Parameter, Shape> shape)
    {
        var tensors = Parameters.Select(p => Tensor.Zeros<float>(shape(p))).ToArray();
        for (int i = 0; i < tensors.Length; i++)
        {
            _state.Add((string.Join('.', _name, Parameters[i].Name, suffix), AnyTensor.From(tensors[i])));
        }
        return tensors;
    }

    static AnyTensor Matching(string name, in AnyTensor own, AnyTensor? given)
    {
        if (given is not { } tensor) throw new InvalidDataException($"The optimiser's state '{name}' is missing.");
        if (tensor.Type == own.Type && tensor.Shape == own.Shape) return tensor;
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"The optimiser's state '{name}' is {tensor.Type}{tensor.Shape}, but the model needs {own.Type}{own.Shape}."));
    }

    static unsafe void Copy(in AnyTensor from, in AnyTensor to) =>
        Buffer.MemoryCopy(from.Pointer, to.Pointer, to.ByteLength, from.ByteLength);
}
