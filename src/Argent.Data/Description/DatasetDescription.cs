using Argent.Model;

namespace Argent.Data;

/// <summary>What dataset.json says, checked but with nothing opened yet.</summary>
/// <param name="File">The description itself, for messages.</param>
/// <param name="Name">The data set's name.</param>
/// <param name="Folder">The folder that data files are relative to.</param>
/// <param name="Items">Items.</param>
/// <param name="Users">User features, or null.</param>
/// <param name="Events">Event files in the order given.</param>
/// <param name="Split">How to hold out, or null.</param>
/// <param name="Content">The bytes of the description, for the content hash.</param>
sealed record DatasetDescription(
    string File,
    string Name,
    string Folder,
    EntityPart Items,
    EntityPart? Users,
    IReadOnlyList<EventPart> Events,
    SplitSpec? Split,
    byte[] Content);

/// <summary>One data file: where it is and how its columns are told apart.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Columns">Names of the columns when the file has no header row, else null.</param>
/// <param name="Delimiter">Text between fields.</param>
sealed record FilePart(string Path, IReadOnlyList<string>? Columns, string Delimiter)
{
    /// <summary>True when both describe the same file read in the same way.</summary>
    public bool IsSame(FilePart other) => Path == other.Path && Delimiter == other.Delimiter
        && (Columns ?? []).SequenceEqual(other.Columns ?? []);
}

/// <summary>Items or users: a file with an id per row, and features from it or from side files.</summary>
/// <param name="Source">The file with the ids; null when the caller brings them.</param>
/// <param name="Id">The id's column.</param>
/// <param name="Title">The title's column, or null.</param>
/// <param name="Features">Features in the order given.</param>
sealed record EntityPart(FilePart? Source, string Id, string? Title, IReadOnlyList<FeaturePart> Features);

/// <summary>One feature: where its values are and how they are read.</summary>
/// <param name="Spec">Name and type.</param>
/// <param name="Side">A file of its own, or null for the entity's file.</param>
/// <param name="Key">The column of the side file that holds the entity's id.</param>
/// <param name="Column">The column with the value.</param>
/// <param name="Map">Values to replace; a null replacement is a missing value.</param>
/// <param name="Missing">The value that stands for a missing one, or null.</param>
/// <param name="Separator">Text between the values of one cell, for categories.</param>
sealed record FeaturePart(
    FeatureSpec Spec,
    FilePart? Side,
    string? Key,
    string Column,
    IReadOnlyDictionary<string, string?>? Map,
    string? Missing,
    string Separator);

/// <summary>One file of events of one task.</summary>
/// <param name="Source">The file.</param>
/// <param name="User">The user id's column.</param>
/// <param name="Item">The item id's column.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Where">Which rows count, or null for all.</param>
/// <param name="Time">The column of the event's time, or null.</param>
/// <param name="KeepAll">True when repeated events of a user and an item all count; false when the last one does.</param>
sealed record EventPart(
    FilePart Source, string User, string Item, string Task, WhereCondition? Where, string? Time, bool KeepAll);
