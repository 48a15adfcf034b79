using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>The optimisers of a model: embedding tables and the matrices over sequences decay, biases and other layers do not.</summary>
sealed class WeightOptimizers
{
    const string Tables = "tables";
    const string Layers = "layers";
    const string Matrices = "sequence_matrices";
    const string Vectors = "sequence_vectors";

    readonly (string Name, Optimizer Optimizer)[] _parts;

    /// <summary>Optimisers of <paramref name="parameters"/> as the options ask for.</summary>
    public WeightOptimizers(IEnumerable<Parameter> parameters, TrainOptions options, Workers workers)
    {
        var all = parameters.ToLookup(p => Part(p.Name));
        _parts = [.. new[] { Tables, Layers, Matrices, Vectors }
            .Where(part => part is Tables or Layers || all[part].Any())
            .Select(part => (part, Create(all[part], part is Tables or Layers ? 1 : options.SequenceRate, options, workers)))];
        foreach (var (name, optimizer) in _parts)
        {
            // Matrices of a sequence shrink by as much in a step as tables do, though they move less.
            if (name == Tables) optimizer.WeightDecay = options.WeightDecay;
            if (name == Matrices) optimizer.WeightDecay = options.WeightDecay / options.SequenceRate;
        }
    }

    /// <summary>Steps done.</summary>
    public long Steps => _parts[0].Optimizer.Steps;

    /// <summary>What a continued training needs: live tensors.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> State =>
        _parts.SelectMany(p => p.Optimizer.State.Select(s => (p.Name + "." + s.Name, s.Tensor)));

    /// <summary>Whether a weight is an embedding table.</summary>
    public static bool IsTable(string path) =>
        path.StartsWith("user_tower.history.", StringComparison.Ordinal)
        || path is "user_tower.id.weight" or "item_tower.id.weight" or "user_tower.sequence.items.weight"
        || (path.Contains("_tower.features.", StringComparison.Ordinal) && path.EndsWith(".weight", StringComparison.Ordinal));

    static string Part(string path) =>
        !path.StartsWith("user_tower.sequence.", StringComparison.Ordinal) ? IsTable(path) ? Tables : Layers
        : path.EndsWith(".weight", StringComparison.Ordinal) || path.EndsWith(".positions", StringComparison.Ordinal) ? Matrices
        : Vectors;

    /// <summary>Moves all weights.</summary>
    public void Step()
    {
        foreach (var (_, optimizer) in _parts) optimizer.Step();
    }

    static Optimizer Create(IEnumerable<Parameter> parameters, float rate, TrainOptions options, Workers workers) =>
        options.Optimizer == OptimizerKind.Adam
            ? new Adam(parameters, workers) { LearningRate = rate * options.LearningRate }
            : new RowwiseAdagrad(parameters, workers) { LearningRate = rate * options.LearningRate };
}
