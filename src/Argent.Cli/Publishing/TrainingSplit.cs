using Argent.Data;

namespace Argent.Cli;

/// <summary>What may be learned from: the training part of the data set's split, or everything when it names none.</summary>
static class TrainingSplit
{
    /// <summary>The split of a data set.</summary>
    public static DatasetSplit Of(Dataset dataset, CommandRun run)
    {
        if (dataset.Split is not null) return DatasetSplitter.Split(dataset);
        if (dataset.Events.Count == 0) throw new InvalidDataException($"The data set '{dataset.Name}' has no events to learn from.");
        run.Note("  note: the data set names no split, so all events are learned and none can be tested.");
        return new DatasetSplit(dataset.Events, new Interactions(dataset.Events[0].Task, new int[dataset.UserIds.Count + 1], [], null));
    }
}
