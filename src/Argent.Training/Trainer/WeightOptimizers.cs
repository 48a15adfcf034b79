using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>The optimisers of a model: embedding tables and the matrices over sequences decay, biases and other layers do not.</summary>
sealed class WeightOptimizers
{
    readonly (string Name, Optimizer Optimizer)[] _parts;

    /// <summary>Optimisers of <paramref name="parameters"/> as the options ask for.</summary>
    public WeightOptimizers(IEnumerable<Parameter> parameters, TrainOptions options, Workers workers)
    {
        var all = parameters.ToLookup(p => IsTable(p.Name) || IsSequenceLayer(p.Name));
        _parts = [("tables", Create(all[true], options, workers)), ("layers", Create(all[false], options, workers))];
        _parts[0].Optimizer.WeightDecay = options.WeightDecay;
    }

    /// <summary>Steps done.</summary>
    public long Steps => _parts[0].Optimizer.Steps;

    /// <summary>What a continued training needs: live tensors.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> State =>
        _parts.SelectMany(p => p.Optimizer.State.Select(s => (p.Name + "." + s.Name, s.Tensor)));

    /// <summary>Whether a weight is an embedding table.</summary>
    public static bool IsTable(string path) =>
        path.StartsWith("user_tower.history.", StringComparison.Ordinal)
        || path is "user_tower.id.weight" or "item_tower.id.weight"
        || (path.Contains("_tower.features.", StringComparison.Ordinal) && path.EndsWith(".weight", StringComparison.Ordinal));

    static bool IsSequenceLayer(string path) =>
        path.StartsWith("user_tower.sequence.", StringComparison.Ordinal) && path.EndsWith(".weight", StringComparison.Ordinal);

    /// <summary>Moves all weights.</summary>
    public void Step()
    {
        foreach (var (_, optimizer) in _parts) optimizer.Step();
    }

    static Optimizer Create(IEnumerable<Parameter> parameters, TrainOptions options, Workers workers) =>
        options.Optimizer == OptimizerKind.Adam
            ? new Adam(parameters, workers) { LearningRate = options.LearningRate }
            : new RowwiseAdagrad(parameters, workers) { LearningRate = options.LearningRate };
}
