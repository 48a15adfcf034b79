using System.Text.Json;
using Argent.Model;

namespace Argent.Data;

/// <summary>A JSON object of a description whose keys are all known; reads them with messages that name the place.</summary>
sealed class StrictObject
{
    readonly JsonElement _element;
    readonly string _file;

    /// <summary>Wraps <paramref name="element"/>, found at <paramref name="place"/> of the file.</summary>
    /// <exception cref="DatasetException">It is not an object, or has a key that is not in <paramref name="keys"/>.</exception>
    public StrictObject(JsonElement element, string place, string file, params IReadOnlyList<string> keys)
    {
        (_element, Place, _file) = (element, place, file);
        if (element.ValueKind != JsonValueKind.Object) throw Error($"{place} must be an object, in braces");
        foreach (var property in element.EnumerateObject())
        {
            if (keys.Count == 0 || keys.Contains(property.Name)) continue;
            throw Error($"{place} has the unknown key '{property.Name}'.{Suggestion.Offer(property.Name, keys)} " +
                $"Known keys are {string.Join(", ", keys)}");
        }
    }

    /// <summary>Where the object is, such as <c>items.features.genre</c>.</summary>
    public string Place { get; }

    /// <summary>True when the key is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The value of a key, or null when it is absent or null.</summary>
    public JsonElement? Find(string key) =>
        _element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text that must be there and not empty.</summary>
    public string Text(string key) =>
        OptionalText(key) ?? throw Error($"{Place} needs the key '{key}'");

    /// <summary>A text, or null when the key is absent or null.</summary>
    public string? OptionalText(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw Error($"'{key}' of {Place} must be a text, in quotes");
        return value.GetString() is { Length: > 0 } text ? text : throw Error($"'{key}' of {Place} is empty");
    }

    /// <summary>A text or a number as text, or null when the key is absent or null.</summary>
    public string? OptionalScalar(string key) =>
        Find(key) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : OptionalText(key);

    /// <summary>A number, or <paramref name="otherwise"/> when the key is absent or null.</summary>
    public double Number(string key, double otherwise)
    {
        if (Find(key) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw Error($"'{key}' of {Place} must be a number");
    }

    /// <summary>A non-negative whole number, or <paramref name="otherwise"/> when the key is absent or null.</summary>
    public ulong Whole(string key, ulong otherwise)
    {
        if (Find(key) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong whole)
            ? whole
            : throw Error($"'{key}' of {Place} must be a whole number of 0 or more");
    }

    /// <summary>A list of texts, or null when the key is absent or null.</summary>
    public string[]? OptionalTexts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String))
        {
            throw Error($"'{key}' of {Place} must be a list of texts");
        }
        return [.. value.EnumerateArray().Select(e => e.GetString()!)];
    }

    /// <summary>The one of <paramref name="choices"/> that a key names, or null when the key is absent or null.</summary>
    public string? OptionalChoice(string key, params IReadOnlyList<string> choices)
    {
        if (OptionalText(key) is not { } text) return null;
        return choices.Contains(text)
            ? text
            : throw Error($"'{key}' of {Place} is '{text}'.{Suggestion.Offer(text, choices)} " +
                $"It can be {string.Join(", ", choices)}");
    }

    /// <summary>The named members of an object of free keys, or nothing when the key is absent or null.</summary>
    public IEnumerable<JsonProperty> Members(string key)
    {
        if (Find(key) is not { } value) return [];
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : throw Error($"'{key}' of {Place} must be an object, in braces");
    }

    /// <summary>An error about this object.</summary>
    public DatasetException Error(string message) => new(message + ".", _file);
}
