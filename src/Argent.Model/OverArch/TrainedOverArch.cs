using Argent.Tensors;

namespace Argent.Model;

/// <summary>An OverArch as training leaves it: float32 weights, neighbours between trained items.</summary>
/// <param name="Config">Kind, options, features.</param>
/// <param name="OverArch">The scorer.</param>
/// <param name="Neighbours">Item-to-item weights; null where no feature needs them.</param>
public sealed record TrainedOverArch(OverArchConfig Config, OverArch OverArch, ItemNeighbours? Neighbours)
{
    /// <summary>All tensors by path.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        OverArch.Tensors.Concat(Neighbours?.Tensors ?? []).Select(t => ("over_arch." + t.Name, t.Tensor));

    /// <summary>Binds weights.</summary>
    /// <param name="config">Kind, options, features.</param>
    /// <param name="towers">The towers below it.</param>
    /// <param name="find">The tensor of a path such as <c>over_arch.output.weight</c>, or null.</param>
    /// <param name="trained">R, trained items.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    /// <exception cref="InvalidDataException">Something is missing, misshapen or of an unknown kind.</exception>
    public static TrainedOverArch FromTensors(
        OverArchConfig config, TowerConfig towers, Func<string, AnyTensor?> find, int trained, string origin)
    {
        var source = new TensorSource(find, origin);
        return new TrainedOverArch(
            config, OverArchKinds.Create(config, towers, OverArchWeights.Trained(find, origin)),
            CrossFeatures.ReadsNeighbours(config.Features) ? ItemNeighbours.FromTensors(source, trained, trained) : null);
    }
}
