using Argent.Data;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Training;

/// <summary>Trains a two-tower model on a data set and writes it to a folder.</summary>
public static class Trainer
{
    /// <summary>Trains; the weights of the best epoch are kept.</summary>
    /// <param name="dataset">Users, items and their features.</param>
    /// <param name="split">Only its training part is read; part of that is kept back for validation.</param>
    /// <param name="options">How, and where to.</param>
    /// <param name="kernels">The arithmetic; results do not depend on its number of threads.</param>
    /// <param name="progress">Told about every epoch.</param>
    /// <exception cref="ArgumentException">An option is out of range or names what the data set has not, or there are no
    /// events.</exception>
    /// <exception cref="InvalidDataException">The checkpoint to resume is damaged, or of other data or options.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static TrainResult Train(
        Dataset dataset, DatasetSplit split, TrainOptions options, IKernels kernels, Progress progress)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(progress);
        options.Check();
        var config = TowerBuilder.Configure(dataset, options, split.Test.Task);
        string validated = config.Tasks.Contains(split.Test.Task, StringComparer.Ordinal) ? split.Test.Task : config.Tasks[0];
        CheckWeights(options, config);
        var events = TrainingEvents.Divide(dataset, split.Train, validated, options);
        if (events.Items.Count == 0) throw new ArgumentException($"The data set '{dataset.Name}' has no training events.");
        var description = new TrainedDescription
        {
            Name = dataset.Name,
            Towers = config,
            DatasetHash = dataset.ContentHash,
            ConfigHash = options.Hash(),
            Seed = options.Seed,
        };
        Directory.CreateDirectory(options.Out);
        using var model = TowerBuilder.Create(dataset, events, description, options);
        using var run = new TrainingRun(dataset, events, model, options, kernels);
        return run.Train(progress);
    }

    static void CheckWeights(TrainOptions options, TowerConfig config)
    {
        foreach (string task in options.TaskWeights?.Keys ?? [])
        {
            if (config.Tasks.Contains(task, StringComparer.Ordinal)) continue;
            throw new ArgumentException(
                $"There is a weight for the task '{task}'; the tasks are {string.Join(", ", config.Tasks)}." +
                Suggestion.Offer(task, config.Tasks));
        }
    }
}
