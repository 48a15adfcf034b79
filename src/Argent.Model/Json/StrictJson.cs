using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Argent.Model;

/// <summary>
/// JSON as files of this system hold it: camelCase, every key known, none twice, nothing required missing. A wrong key
/// is an error that names its place and offers the nearest known key.
/// </summary>
public static class StrictJson
{
    /// <summary>The options of every file: equal values give equal bytes.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: true);

    /// <summary>The same without white space, for hashing.</summary>
    public static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>Reads one value.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="source">What the errors call the text: a file's path.</param>
    /// <exception cref="InvalidDataException">The text is not JSON, a key is unknown, doubled or missing, or a value is
    /// of the wrong kind; the message names the source and the place.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8, string source)
    {
        if (!Utf8.IsValid(utf8)) throw new InvalidDataException($"'{source}' is not valid: it is not UTF-8 text.");
        try
        {
            using var document = JsonDocument.Parse(utf8.ToArray());
            CheckKeys(document.RootElement, Options.GetTypeInfo(typeof(T)), "", source);
            return document.RootElement.Deserialize<T>(Options)
                ?? throw new InvalidDataException($"'{source}' holds null where an object is expected.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{source}' is not valid: {e.Message}", e);
        }
    }

    /// <summary>Writes one value as indented UTF-8 with a final line feed.</summary>
    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // The files are read by people and never embedded in HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = indented,
            NewLine = "\n",
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    static void CheckKeys(JsonElement value, JsonTypeInfo type, string path, string source)
    {
        if (value.ValueKind == JsonValueKind.Object && type.Kind == JsonTypeInfoKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                string place = path.Length == 0 ? member.Name : path + "." + member.Name;
                var property = type.Properties.FirstOrDefault(p => p.Name == member.Name);
                if (property is null)
                {
                    string offer = Suggestion.Offer(member.Name, type.Properties.Select(p => p.Name));
                    throw new InvalidDataException($"'{source}' has the unknown key '{place}'.{offer}");
                }
                CheckKeys(member.Value, type.Options.GetTypeInfo(property.PropertyType), place, source);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && type is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element })
        {
            var elementType = type.Options.GetTypeInfo(element);
            int i = 0;
            foreach (var item in value.EnumerateArray()) CheckKeys(item, elementType, $"{path}[{i++}]", source);
        }
        else if (value.ValueKind == JsonValueKind.Object && type is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } entry })
        {
            var entryType = type.Options.GetTypeInfo(entry);
            foreach (var member in value.EnumerateObject()) CheckKeys(member.Value, entryType, path + "." + member.Name, source);
        }
    }
}
