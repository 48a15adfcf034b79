using Argent.Model;

namespace Argent.Data;

/// <summary>A data set as it was read: items, users and their events, before any split.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Items">Items in id order.</param>
/// <param name="UserIds">User ids; position = user number in <see cref="Interactions"/>.</param>
/// <param name="UserColumns">User features, one row per user; empty when there are none.</param>
/// <param name="Events">One entry per task, in the order in which tasks first appear.</param>
/// <param name="Split">How to hold out, or null when the data set names no split.</param>
/// <param name="ContentHash">Hash of the files and the configuration, for lineage: 64 hex digits.</param>
public sealed record Dataset(
    string Name,
    Catalogue Items,
    IReadOnlyList<string> UserIds,
    IReadOnlyList<FeatureColumn> UserColumns,
    IReadOnlyList<Interactions> Events,
    SplitSpec? Split,
    string ContentHash);

/// <summary>The kinds of holdout.</summary>
public enum SplitKind
{
    /// <summary>By a fixed hash of user and item.</summary>
    Random,

    /// <summary>Events after a moment.</summary>
    Temporal,

    /// <summary>Each user's last event.</summary>
    LeaveLastOut,
}

/// <summary>How a data set is split into training and test.</summary>
/// <param name="Task">The task that is held out.</param>
/// <param name="Kind">Which events.</param>
/// <param name="Holdout">Fraction of a user's events, for <see cref="SplitKind.Random"/>.</param>
/// <param name="MinEvents">Users with fewer events of the task are not tested.</param>
/// <param name="Seed">Enters the hash.</param>
/// <param name="After">Unix seconds, for <see cref="SplitKind.Temporal"/>.</param>
public sealed record SplitSpec(string Task, SplitKind Kind, double Holdout, int MinEvents, ulong Seed, long After)
{
    /// <summary>Tasks that are held out beside <see cref="Task"/>, each by the same rule.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];
}

/// <summary>A data set divided: what may be learned from, and what is asked afterwards.</summary>
/// <param name="Train">Training events, one entry per task, in the data set's order.</param>
/// <param name="Test">Held-out events of the split's task; users that are not tested have none.</param>
public sealed record DatasetSplit(IReadOnlyList<Interactions> Train, Interactions Test)
{
    /// <summary>Held-out events of the tasks of <see cref="SplitSpec.Also"/>, in its order.</summary>
    public IReadOnlyList<Interactions> AlsoTest { get; init; } = [];
}
