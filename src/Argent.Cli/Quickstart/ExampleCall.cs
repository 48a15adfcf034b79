using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;

namespace Argent.Cli;

/// <summary>A call that a reader can repeat with curl.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Body">The request.</param>
sealed record ExampleCall(string Title, JsonObject Body)
{
    /// <summary>Short answers are read; long ones are scrolled past.</summary>
    const int K = 3;

    static readonly JsonSerializerOptions _line = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The call as a shell command. The body is a here-document, so that quotes in filters need no escapes.</summary>
    public string Command(Uri address) => $"curl -s {address} -d @- <<'JSON'\n{Body.ToJsonString(_line)}\nJSON";

    /// <summary>Three calls that fit the data: a history; the same with a filter; the same with a value formula.</summary>
    public static IReadOnlyList<ExampleCall> For(Dataset dataset, DatasetSplit split, IReadOnlyList<string> tasks)
    {
        var events = split.Train[0];
        string[] history = History(dataset, events);
        var calls = new List<ExampleCall>
        {
            new("What should a user see whose history was never seen before?", Request(history)),
        };
        if (Filter(dataset.Items) is { } filter)
        {
            calls.Add(new("The same, among eligible items only:", Request(history, ("filter", filter))));
        }
        string value = tasks.Count > 1 ? $"{tasks[0]} + 0.5 * {tasks[1]}" : $"sqrt({tasks[0]})";
        calls.Add(new("The same, with a value formula, and without what the user has:",
            Request(history, ("value", value), ("exclude", new JsonArray([.. history.Select(id => JsonValue.Create(id))])))));
        return calls;
    }

    static JsonObject Request(string[] history, params ReadOnlySpan<(string Key, JsonNode Value)> more)
    {
        var request = new JsonObject
        {
            ["user"] = new JsonObject { ["history"] = new JsonArray([.. history.Select(id => JsonValue.Create(id))]) },
            ["k"] = K,
        };
        foreach (var (key, value) in more) request[key] = value;
        return request;
    }

    /// <summary>A few items of the first user who has some.</summary>
    static string[] History(Dataset dataset, Interactions events)
    {
        int user = Enumerable.Range(0, events.Users).FirstOrDefault(u => events.Of(u).Length >= K);
        return [.. events.Of(user).ToArray().Take(K).Select(dataset.Items.Ids.Text)];
    }

    /// <summary>A filter that holds for many items: the most frequent value of a category, and the last quarter of an integer.</summary>
    static string? Filter(Catalogue items)
    {
        var parts = new List<string>();
        if (items.Columns.FirstOrDefault(c => c.Spec.Type == FeatureType.Category) is { } category)
        {
            var counts = new int[category.Vocabulary!.Count];
            for (int row = 0; row < category.Count; row++)
            {
                foreach (int id in category.Ids(row)) counts[id]++;
            }
            string value = category.Vocabulary[Array.IndexOf(counts, counts.Max())];
            parts.Add($"{category.Spec.Name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'");
        }
        if (items.Columns.FirstOrDefault(c => c.Spec.Type == FeatureType.Integer) is { } integer)
        {
            long[] keys = [.. integer.Keys.ToArray().Where(key => key != OrderedKey.Missing).Order()];
            if (keys.Length > 0) parts.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{integer.Spec.Name} >= {keys[keys.Length * 3 / 4]}"));
        }
        return parts.Count == 0 ? null : string.Join(" AND ", parts);
    }
}
