using System.Collections;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>The parameters of a model, by name and by where their values are.</summary>
public sealed class ParameterSet : IReadOnlyCollection<Parameter>
{
    readonly List<Parameter> _parameters = [];
    readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<Storage, List<Parameter>> _byStorage = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public int Count => _parameters.Count;

    /// <summary>The parameter called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Parameter this[string name] => _byName.TryGetValue(name, out var parameter)
        ? parameter
        : throw new KeyNotFoundException($"There is no parameter '{name}'; there are {string.Join(", ", _byName.Keys)}.");

    /// <summary>Adds a parameter.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the values overlap those of another parameter.</exception>
    public Parameter Add(string name, Tensor<float> value, bool isTable = false)
    {
        var parameter = new Parameter(name, value, isTable);
        if (_byName.ContainsKey(name)) throw new ArgumentException($"There is already a parameter '{name}'.", nameof(name));
        if (!_byStorage.TryGetValue(value.Storage, out var neighbours)) _byStorage[value.Storage] = neighbours = [];
        if (neighbours.Find(n => new Region(n.Value).Overlaps(new Region(value))) is { } other)
        {
            throw new ArgumentException($"The parameters '{name}' and '{other.Name}' share memory.", nameof(value));
        }
        neighbours.Add(parameter);
        _byName.Add(name, parameter);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Adds every float32 tensor of a list such as <c>module.AllTensors("item_tower")</c>.</summary>
    /// <param name="tensors">Paths and tensors; other element types are passed over.</param>
    /// <param name="isTable">Whether the tensor of a path is an embedding table.</param>
    public void AddAll(IEnumerable<(string Path, AnyTensor Tensor)> tensors, Func<string, bool> isTable)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(isTable);
        foreach (var (path, tensor) in tensors)
        {
            if (tensor.Type == ElementType.F32) Add(path, tensor.As<float>(), isTable(path));
        }
    }

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in _parameters) parameter.ClearGradient();
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The parameter that holds all of <paramref name="tensor"/>, or null.</summary>
    internal Parameter? Holding(in Tensor<float> tensor)
    {
        if (!tensor.IsPresent || !_byStorage.TryGetValue(tensor.Storage, out var neighbours)) return null;
        var region = new Region(tensor);
        foreach (var parameter in neighbours)
        {
            if (new Region(parameter.Value).Contains(region)) return parameter;
        }
        return null;
    }
}
