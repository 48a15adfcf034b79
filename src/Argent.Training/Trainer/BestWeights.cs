using Argent.Tensors;

namespace Argent.Training;

/// <summary>A copy of the averaged weights of the best epoch so far.</summary>
sealed class BestWeights
{
    readonly (Parameter Parameter, Tensor<float> Copy)[] _copies;

    public BestWeights(IEnumerable<Parameter> parameters) =>
        _copies = [.. parameters.Select(p => (p, Tensor.Zeros<float>(p.Value.Shape)))];

    /// <summary>The copies by parameter name: live tensors.</summary>
    public IEnumerable<(string Name, Tensor<float> Tensor)> Values => _copies.Select(c => (c.Parameter.Name, c.Copy));

    /// <summary>Copies the average.</summary>
    public void Take(WeightAverage average)
    {
        foreach (var (parameter, copy) in _copies) copy.CopyFrom(average.Values[parameter.Name]);
    }

    /// <summary>Makes the copies the weights.</summary>
    public void Restore()
    {
        foreach (var (parameter, copy) in _copies) parameter.Value.CopyFrom(copy);
    }
}
