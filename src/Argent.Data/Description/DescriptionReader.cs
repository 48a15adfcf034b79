using System.Text.Json;
using Argent.Model;

namespace Argent.Data;

/// <summary>Reads a dataset.json into a <see cref="DatasetDescription"/>: every key is known and every value is possible.</summary>
static class DescriptionReader
{
    static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false };
    static readonly string[] _types = ["category", "categories", "integer", "number", "date", "text"];

    /// <summary>Reads the description at <paramref name="file"/>.</summary>
    /// <exception cref="DatasetException">It is not JSON, or says something unknown or impossible.</exception>
    public static DatasetDescription Read(string file)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"cannot be read: {e.Message}", file);
        }
        return Read(content, file, rootInstead: null);
    }

    /// <summary>Reads a description from bytes; a root that is given takes the place of the one inside.</summary>
    public static DatasetDescription Read(byte[] content, string file, string? rootInstead)
    {
        try
        {
            ReadOnlyMemory<byte> json = content.AsSpan().StartsWith("\uFEFF"u8) ? content.AsMemory(3) : content;
            using var document = JsonDocument.Parse(json, _options);
            return Describe(document.RootElement, content, file, rootInstead);
        }
        catch (JsonException e)
        {
            throw new DatasetException($"is not valid JSON: {e.Message}", file, e.LineNumber + 1 ?? 0);
        }
    }

    static DatasetDescription Describe(JsonElement json, byte[] content, string file, string? rootInstead)
    {
        var top = new StrictObject(json, "the description", file, "name", "root", "items", "users", "events", "split");
        string beside = Path.GetDirectoryName(Path.GetFullPath(file))!;
        string folder = rootInstead ?? Root(top, beside);
        string name = top.OptionalText("name") ?? new DirectoryInfo(beside).Name;
        if (!IsName(name))
        {
            throw top.Error($"the name '{name}' must be 1 to 64 letters, digits, '-', '_' or '.', and begin with a letter or digit");
        }
        if (top.Find("items") is not { } items) throw top.Error("the description needs the key 'items'");
        var events = Events(top, file, folder);
        return new DatasetDescription(
            file,
            name,
            folder,
            Entity(items, "items", file, folder),
            top.Find("users") is { } users ? Entity(users, "users", file, folder) : null,
            events,
            top.Find("split") is { } split ? Split(split, file, events) : null,
            content);
    }

    static string Root(StrictObject top, string beside)
    {
        if (top.OptionalText("root") is not { } root) return beside;
        try
        {
            return RootExpansion.Expand(root, beside, Environment.GetEnvironmentVariable);
        }
        catch (FormatException e)
        {
            throw top.Error(e.Message);
        }
    }

    static bool IsName(string name) => name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    static EntityPart Entity(JsonElement json, string place, string file, string folder)
    {
        string[] keys = ["file", "columns", "delimiter", "id", "features"];
        var part = new StrictObject(json, place, file, place == "items" ? [.. keys, "title"] : keys);
        var features = new List<FeaturePart>();
        foreach (var member in part.Members("features"))
        {
            features.Add(Feature(member, $"{place}.features.{member.Name}", file, folder));
        }
        return new EntityPart(
            part.Has("file") ? Source(part, folder) : null,
            part.Text("id"),
            place == "items" ? part.OptionalText("title") : null,
            features);
    }

    static FeaturePart Feature(JsonProperty member, string place, string file, string folder)
    {
        var part = new StrictObject(
            member.Value, place, file, "column", "type", "map", "missing", "separator", "file", "key", "columns", "delimiter");
        if (!IsFeatureName(member.Name))
        {
            throw part.Error($"the feature name '{member.Name}' must be letters, digits and '_', and not begin with a digit");
        }
        string type = part.OptionalChoice("type", _types) ?? throw part.Error($"{place} needs the key 'type'");
        if (part.Has("separator") && type != "categories") throw part.Error($"'separator' of {place} needs the type categories");
        if (part.Has("key") != part.Has("file")) throw part.Error($"{place} needs both 'file' and 'key', or neither");
        if (!part.Has("file") && (part.Has("columns") || part.Has("delimiter")))
        {
            throw part.Error($"'columns' and 'delimiter' of {place} need a 'file'");
        }
        return new FeaturePart(
            new FeatureSpec(member.Name, Enum.Parse<FeatureType>(type, ignoreCase: true)),
            part.Has("file") ? Source(part, folder) : null,
            part.OptionalText("key"),
            part.OptionalText("column") ?? member.Name,
            Map(part),
            part.OptionalScalar("missing"),
            part.OptionalText("separator") ?? ",");
    }

    /// <summary>Names that the filter and value languages can say.</summary>
    static bool IsFeatureName(string name) => name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    static Dictionary<string, string?>? Map(StrictObject part)
    {
        if (!part.Has("map")) return null;
        var map = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var member in part.Members("map"))
        {
            map[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number => member.Value.GetRawText(),
                JsonValueKind.Null => null,
                _ => throw part.Error($"'map' of {part.Place} must map '{member.Name}' to a text, a number or null"),
            };
        }
        return map;
    }

    static FilePart Source(StrictObject part, string folder)
    {
        string[]? columns = part.OptionalTexts("columns");
        if (columns is { Length: 0 }) throw part.Error($"'columns' of {part.Place} is empty");
        if (columns is not null && columns.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw part.Error($"'columns' of {part.Place} names '{twice.Key}' twice");
        }
        string delimiter = part.OptionalText("delimiter") ?? ",";
        if (delimiter.AsSpan().IndexOfAny("\"\r\n") >= 0)
        {
            throw part.Error($"'delimiter' of {part.Place} cannot be a quote or a line break");
        }
        return new FilePart(Path.GetFullPath(part.Text("file"), folder), columns, delimiter);
    }

    static List<EventPart> Events(StrictObject top, string file, string folder)
    {
        var parts = new List<EventPart>();
        if (top.Find("events") is not { } list) return parts;
        if (list.ValueKind != JsonValueKind.Array) throw top.Error("'events' must be a list, in brackets");
        foreach (var json in list.EnumerateArray())
        {
            var part = Event(json, $"events[{parts.Count}]", file, folder);
            var other = parts.Find(p => p.Task == part.Task);
            if (other is not null && (other.KeepAll != part.KeepAll || (other.Time is null) != (part.Time is null)))
            {
                throw top.Error($"the files of the task '{part.Task}' must agree on 'duplicates' and on having a 'time'");
            }
            parts.Add(part);
        }
        return parts;
    }

    static EventPart Event(JsonElement json, string place, string file, string folder)
    {
        var part = new StrictObject(
            json, place, file, "file", "columns", "delimiter", "user", "item", "task", "where", "time", "duplicates");
        string task = part.Text("task");
        if (!IsFeatureName(task))
        {
            throw part.Error($"the task '{task}' of {place} must be letters, digits and '_', and not begin with a digit");
        }
        WhereCondition? where = null;
        try
        {
            if (part.OptionalText("where") is { } text) where = WhereCondition.Parse(text);
        }
        catch (FormatException e)
        {
            throw part.Error($"'where' of {place}: {e.Message}");
        }
        return new EventPart(
            Source(part, folder),
            part.Text("user"),
            part.Text("item"),
            task,
            where,
            part.OptionalText("time"),
            part.OptionalChoice("duplicates", "keep-last", "keep-all") == "keep-all");
    }

    static SplitSpec Split(JsonElement json, string file, List<EventPart> events)
    {
        var part = new StrictObject(json, "split", file, "task", "also", "kind", "holdout", "minEvents", "seed", "after");
        string[] tasks = [part.Text("task"), .. part.OptionalTexts("also") ?? []];
        var kind = part.OptionalChoice("kind", "random", "temporal", "leave-last-out") switch
        {
            "temporal" => SplitKind.Temporal,
            "leave-last-out" => SplitKind.LeaveLastOut,
            _ => SplitKind.Random,
        };
        CheckTasks(part, tasks, kind, events);
        double holdout = part.Number("holdout", 0.2);
        if (!(holdout is > 0 and < 1)) throw part.Error("'holdout' of split must be between 0 and 1");
        ulong minEvents = part.Whole("minEvents", 5);
        if (minEvents > int.MaxValue) throw part.Error("'minEvents' of split is too large");
        return new SplitSpec(tasks[0], kind, holdout, (int)minEvents, part.Whole("seed", 0), After(part, kind))
        {
            Also = tasks.Length == 1 ? [] : tasks[1..],
        };
    }

    static void CheckTasks(StrictObject part, string[] tasks, SplitKind kind, List<EventPart> events)
    {
        if (tasks.Distinct().Count() < tasks.Length) throw part.Error("split names a task twice");
        foreach (string task in tasks)
        {
            if (events.Find(e => e.Task == task) is not { } held)
            {
                string[] known = [.. events.Select(e => e.Task).Distinct()];
                throw part.Error($"split names the task '{task}', which no event has." +
                    $"{Suggestion.Offer(task, known)} Tasks are {string.Join(", ", known)}");
            }
            if (kind != SplitKind.Random && held.Time is null)
            {
                throw part.Error($"a split by time needs 'time' in the events of the task '{task}'");
            }
        }
    }

    static long After(StrictObject part, SplitKind kind)
    {
        if (part.OptionalScalar("after") is not { } text)
        {
            return kind == SplitKind.Temporal ? throw part.Error("a temporal split needs 'after', such as \"2011-11-01\"") : 0;
        }
        if (kind != SplitKind.Temporal) throw part.Error("'after' of split needs the kind temporal");
        return CellParser.TryDate(text, out long after)
            ? after
            : throw part.Error($"'after' of split is '{text}', which is no date (2011-11-01) and no Unix time");
    }
}
