using Argent.Data;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Training;

/// <summary>What the training of an OverArch did: <c>over_arch.report.json</c>.</summary>
public sealed record OverArchResult
{
    /// <summary>The folder of the trained model.</summary>
    public required string Folder { get; init; }

    /// <summary>Every epoch, in order; recalls are over the candidates of the users that validate.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>The epoch whose weights were kept.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Users that were learned from.</summary>
    public required int Users { get; init; }

    /// <summary>Numbers that were learned.</summary>
    public required long Weights { get; init; }

    /// <summary>Item-to-item weights that were solved for.</summary>
    public required long Neighbours { get; init; }

    /// <summary>How it was trained.</summary>
    public required OverArchOptions Options { get; init; }
}

/// <summary>Trains an OverArch over the finished towers of a folder and adds it to that folder.</summary>
public static class OverArchTrainer
{
    /// <summary>File of the report.</summary>
    public const string ReportFile = "over_arch.report.json";

    /// <summary>Trains; the weights of the best epoch are kept.</summary>
    /// <param name="dataset">Users, items and their features.</param>
    /// <param name="split">Only its training part is read.</param>
    /// <param name="towers">
    /// How the towers were trained, with their folder: the events that they kept back to validate are what is learned from.
    /// </param>
    /// <param name="options">How.</param>
    /// <param name="kernels">The arithmetic; results do not depend on its number of threads.</param>
    /// <param name="progress">Told about every step.</param>
    /// <exception cref="ArgumentException">An option is out of range, or no events were kept back.</exception>
    /// <exception cref="InvalidDataException">The folder holds no trained model, the kind is unknown, or one of its options
    /// is wrong.</exception>
    public static OverArchResult Train(
        Dataset dataset, DatasetSplit split, TrainOptions towers, OverArchOptions options, IKernels kernels, Progress progress)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(towers);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(progress);
        options.Check();
        using var model = TrainedModel.LoadTowers(towers.Out);
        var config = model.Config;
        string validated = config.Tasks.Contains(split.Test.Task, StringComparer.Ordinal) ? split.Test.Task : config.Tasks[0];
        var events = TrainingEvents.Divide(dataset, split.Train, validated, towers);
        if (!SameItems(events.Items, model.Items))
        {
            throw new ArgumentException($"The towers in '{towers.Out}' were trained on other items than '{dataset.Name}' has.");
        }
        float[] weights = [.. Enumerable.Repeat(1f, config.Tasks.Count)];
        var users = new ScoredUsers(new UserDraw(dataset, events, model, weights, towers), events, config, options);
        if (users.Count == 0)
        {
            throw new ArgumentException(
                "An OverArch learns from events that the towers kept back to validate, and there are none: the data has too few " +
                "events, or the towers were trained without validation.");
        }
        using var inputs = new ItemInputs(model.ItemTower, dataset.Items, events.RowOfCatalogue);
        var neighbours = Neighbours(events, events.Of, config, options, kernels, progress);
        var miner = new MinedCandidates(model, inputs, kernels);
        using var run = new OverArchRun(model, users, miner, neighbours, options, towers.Out, kernels);
        run.Train(progress);
        // What was kept back may speak for others now.
        var final = Neighbours(
            events, task => task == validated ? events.Whole : events.Of(task), config, options, kernels, progress);
        var scorer = new TrainedOverArch(run.Config, run.OverArch, final);
        new TrainedModel(model.Description with { OverArch = run.Config }, model.UserTower, model.ItemTower)
        {
            OverArch = scorer,
        }.Save(towers.Out);
        var result = new OverArchResult
        {
            Folder = towers.Out,
            Epochs = run.Epochs,
            BestEpoch = run.BestEpoch,
            Users = users.Count,
            Weights = run.OverArch.Tensors.Sum(t => t.Tensor.Shape.Count),
            Neighbours = final?.Items.Count ?? 0,
            Options = options,
        };
        File.WriteAllBytes(Path.Combine(towers.Out, ReportFile), StrictJson.Write(result));
        return result;
    }

    static ItemNeighbours? Neighbours(
        TrainingEvents events, Func<string, Interactions> of, TowerConfig config, OverArchOptions options, IKernels kernels,
        Progress progress)
    {
        if (!CrossFeatures.ReadsNeighbours(options.Features ?? CrossFeatures.All(config))) return null;
        return NeighbourBuilder.Build(
            [.. config.Histories.Select(of)], events.Items.Count, options, kernels.Workers.Count, progress);
    }

    static bool SameItems(ItemIds left, ItemIds right)
    {
        if (left.Count != right.Count) return false;
        for (int row = 0; row < left.Count; row++)
        {
            if (left.Text(row) != right.Text(row)) return false;
        }
        return true;
    }
}
