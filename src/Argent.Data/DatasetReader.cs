using System.Globalization;
using Argent.Model;

namespace Argent.Data;

/// <summary>Reads data sets that a dataset.json describes: CSV or JSON lines, plain or gzip.</summary>
public static class DatasetReader
{
    /// <summary>What a description is called in its folder.</summary>
    public const string FileName = "dataset.json";

    /// <summary>
    /// Reads the data set at <paramref name="path"/>: a description, or a folder with a dataset.json or with files that are
    /// known (goodbooks, MovieTweetings). Items and users are in ascending order of their ids, whatever the files' order is.
    /// </summary>
    /// <exception cref="DatasetException">Something is missing, unknown, impossible or too often bad; the message names the
    /// file and, where there is one, the line.</exception>
    public static Dataset Read(string path, DatasetOptions options, Progress progress)
    {
        CheckOptions(options);
        return Read(Describe(path), options, progress);
    }

    /// <summary>The description at a path, checked.</summary>
    internal static DatasetDescription Describe(string path)
    {
        if (File.Exists(path)) return DescriptionReader.Read(path);
        if (!Directory.Exists(path)) throw new DatasetException("there is no such file or folder.", path);
        string file = Path.Combine(path, FileName);
        if (File.Exists(file)) return DescriptionReader.Read(file);
        return KnownLayouts.Find(Path.GetFullPath(path)) ?? throw new DatasetException(
            $"the folder has no {FileName}, and its files are of no data set that is known without one.", path);
    }

    /// <summary>Refuses a share that is none.</summary>
    internal static void CheckOptions(DatasetOptions options)
    {
        if (options.MaxBadRows is >= 0 and <= 1) return;
        throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture, $"The share of bad rows allowed must be from 0 to 1, not {options.MaxBadRows}."));
    }

    /// <summary>The files that a description names, in its order.</summary>
    internal static IEnumerable<string> Files(DatasetDescription description)
    {
        EntityPart?[] entities = [description.Items, description.Users];
        return entities.OfType<EntityPart>()
            .SelectMany(e => e.Features.Select(f => f.Side).Prepend(e.Source))
            .Concat(description.Events.Select(e => e.Source))
            .OfType<FilePart>()
            .Select(f => f.Path);
    }

    static Dataset Read(DatasetDescription description, DatasetOptions options, Progress progress)
    {
        CheckFolder(description);
        if (description.Items.Source is null) throw new DatasetException("'items' needs the key 'file'.", description.File);
        if (description.Users is { Source: null }) throw new DatasetException("'users' needs the key 'file'.", description.File);

        var items = new EntityReader(description.Items, description.File, options, progress);
        items.ReadOwn();
        var itemIds = items.Ids.Sort();
        items.ReadSides();
        var catalogue = new Catalogue(itemIds.ToItemIds(), items.Titles(itemIds), items.Columns(itemIds));

        var users = description.Users is { } part ? new EntityReader(part, description.File, options, progress) : null;
        users?.ReadOwn();
        var userBook = users?.Ids ?? new IdBook();
        userBook.Sort();
        users?.ReadSides();

        var byTask = ReadEvents(description, new EventReader(items.Ids, itemIds.Rank, userBook, options, progress), userBook);
        var userIds = userBook.Sort();
        return new Dataset(
            description.Name,
            catalogue,
            userIds.Texts,
            users?.Columns(userIds) ?? [],
            [.. byTask.Select(t => EventGrouper.Group(t.Task, t.Rows, userIds.Rank, t.HasTimes))],
            description.Split,
            ContentHash.Of(description.Content, Files(description)));
    }

    static List<(string Task, List<EventRow> Rows, bool HasTimes)> ReadEvents(
        DatasetDescription description, EventReader reader, IdBook users)
    {
        var byTask = new List<(string, List<EventRow>, bool)>();
        foreach (var parts in description.Events.GroupBy(e => e.Task, StringComparer.Ordinal))
        {
            var all = new List<EventRow>();
            foreach (var part in parts)
            {
                // The condition is asked of each file's own last word on a user and an item.
                var rows = reader.Read(part);
                foreach (var row in EventGrouper.Collapse(rows, users.Count, part.KeepAll)) all.Add(row with { Order = all.Count });
            }
            var first = parts.First();
            if (parts.Count() > 1) all = EventGrouper.Collapse(all, users.Count, first.KeepAll);
            byTask.Add((parts.Key, all, first.Time is not null));
        }
        return byTask;
    }

    static void CheckFolder(DatasetDescription description)
    {
        if (Directory.Exists(description.Folder)) return;
        throw new DatasetException(
            $"its root '{description.Folder}' is no folder. Mend 'root', or set the environment variable that it names.",
            description.File);
    }
}
