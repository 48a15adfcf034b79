using System.Globalization;
using System.Text.Json;
using Argent.Model;

namespace Argent.Serving;

/// <summary>
/// Reads retrieval requests from JSON, as HTTP bodies and batch files hold them. Strict: an unknown key is an error that
/// offers the nearest known one.
/// </summary>
public static class RetrievalRequestJson
{
    static readonly string[] _keys =
        ["user", "k", "filter", "exclude", "only", "nprobe", "rescore", "value", "blend", "deadlineMs", "explain"];

    static readonly string[] _explainKeys = [.. _keys, "item"];

    static readonly string[] _userKeys = ["id", "features", "history", "vectors"];

    /// <summary>Reads one request.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="historyTask">The task that a history given as a plain list belongs to.</param>
    /// <exception cref="RequestException">The text is not JSON, or a key or value is wrong; the message names it.</exception>
    public static RetrievalRequest Read(ReadOnlyMemory<byte> json, string historyTask)
    {
        using var document = Parse(json);
        CheckKeys(document.RootElement, "the request", _keys);
        return Read(document.RootElement, historyTask);
    }

    /// <summary>Reads a request to explain: a request, and in <c>item</c> the id of the item; null when it names none.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="historyTask">The task that a history given as a plain list belongs to.</param>
    /// <exception cref="RequestException">The text is not JSON, or a key or value is wrong; the message names it.</exception>
    public static (RetrievalRequest Request, string? Item) ReadExplain(ReadOnlyMemory<byte> json, string historyTask)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        CheckKeys(root, "the request", _explainKeys);
        string? item = Value(root, "item") is { } id ? Scalar(id, "item") : null;
        return (Read(root, historyTask) with { Explain = false }, item);
    }

    internal static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            throw Bad($"The request is not valid JSON: {e.Message}");
        }
    }

    static RetrievalRequest Read(JsonElement root, string historyTask)
    {
        var defaults = new RetrievalRequest();
        return new RetrievalRequest
        {
            User = Value(root, "user") is { } user ? ReadUser(user, historyTask) : defaults.User,
            K = Value(root, "k") is { } k ? Integer(k, "k") : defaults.K,
            Filter = Value(root, "filter") is { } filter ? TextOrObject(filter, "filter") : null,
            Exclude = Value(root, "exclude") is { } exclude ? Texts(exclude, "exclude") : null,
            Only = Value(root, "only") is { } only ? Texts(only, "only") : null,
            NProbe = Value(root, "nprobe") is { } nprobe ? Integer(nprobe, "nprobe") : 0,
            Rescore = Value(root, "rescore") is { } rescore ? Integer(rescore, "rescore") : null,
            Value = Value(root, "value") is { } value ? TextOrObject(value, "value") : null,
            Blend = Value(root, "blend") is { } blend ? ReadBlend(blend) : null,
            DeadlineMs = Value(root, "deadlineMs") is { } deadline ? Number(deadline, "deadlineMs") : null,
            Explain = Value(root, "explain") is { } explain && Flag(explain, "explain"),
        };
    }

    internal static UserInput ReadUser(JsonElement user, string historyTask)
    {
        CheckKeys(user, "'user'", _userKeys);
        return new UserInput
        {
            Id = Value(user, "id") is { } id ? Scalar(id, "user.id") : null,
            History = Value(user, "history") is { } history ? ReadHistory(history, historyTask) : null,
            Features = Value(user, "features") is { } features ? ReadFeatures(features) : null,
            Vectors = Value(user, "vectors") is { } vectors ? ReadVectors(vectors) : null,
        };
    }

    static Dictionary<string, IReadOnlyList<string>> ReadHistory(JsonElement history, string historyTask)
    {
        var byTask = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (history.ValueKind == JsonValueKind.Array)
        {
            byTask[historyTask] = Texts(history, "user.history");
            return byTask;
        }
        if (history.ValueKind != JsonValueKind.Object)
        {
            throw Bad("'user.history' must be a list of item ids, or an object with a list for each task.");
        }
        foreach (var task in history.EnumerateObject()) byTask[task.Name] = Texts(task.Value, "user.history." + task.Name);
        return byTask;
    }

    static Dictionary<string, string> ReadFeatures(JsonElement features)
    {
        if (features.ValueKind != JsonValueKind.Object) throw Bad("'user.features' must be an object of names and values.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var feature in features.EnumerateObject())
        {
            if (feature.Value.ValueKind == JsonValueKind.Null) continue;
            values[feature.Name] = Scalar(feature.Value, "user.features." + feature.Name);
        }
        return values;
    }

    static List<float[]> ReadVectors(JsonElement vectors)
    {
        if (vectors.ValueKind != JsonValueKind.Array) throw Bad("'user.vectors' must be a list of vectors, one per head.");
        var rows = new List<float[]>();
        foreach (var vector in vectors.EnumerateArray())
        {
            if (vector.ValueKind != JsonValueKind.Array) throw Bad("'user.vectors' must be a list of lists of numbers.");
            rows.Add([.. vector.EnumerateArray().Select(v => (float)Number(v, "user.vectors"))]);
        }
        return rows;
    }

    internal static string TextOrObject(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        // The languages of filters and values read objects as their JSON forms.
        JsonValueKind.Object => value.GetRawText(),
        _ => throw Bad($"'{key}' must be a text or an object."),
    };

    // The model reads it, as it does a filter, and remembers it by its text.
    static string ReadBlend(JsonElement blend) => blend.ValueKind == JsonValueKind.Object
        ? blend.GetRawText()
        : throw Bad("'blend' must be an object; {} leaves the order of the values.");

    internal static void CheckKeys(JsonElement element, string what, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Bad($"{Capital(what)} must be a JSON object.");
        foreach (var property in element.EnumerateObject())
        {
            if (known.Contains(property.Name, StringComparer.Ordinal)) continue;
            string nearest = Suggestion.Nearest(property.Name, known) is { } name ? $" Did you mean '{name}'?" : "";
            throw Bad($"Unknown key '{property.Name}' in {what}.{nearest} Known keys: {string.Join(", ", known)}.");
        }
    }

    internal static JsonElement? Value(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static List<string> Texts(JsonElement list, string key)
    {
        if (list.ValueKind != JsonValueKind.Array) throw Bad($"'{key}' must be a list of item ids.");
        return [.. list.EnumerateArray().Select(e => Scalar(e, key))];
    }

    static string Scalar(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw Bad($"'{key}' must hold texts or numbers."),
    };

    internal static string Text(JsonElement value, string key, string what) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad($"'{key}' must be {what}.");

    internal static bool Flag(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Bad($"'{key}' must be true or false."),
    };

    internal static int Integer(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Bad($"'{key}' must be a whole number, not {value.GetRawText()}.");

    internal static double Number(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Bad($"'{key}' must be a number.");

    static string Capital(string text) => string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(text[0])}{text.AsSpan(1)}");

    internal static RequestException Bad(string message) => new(RequestErrorKind.BadRequest, message);
}
