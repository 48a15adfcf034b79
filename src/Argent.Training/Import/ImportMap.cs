using System.Text.Json;
using System.Text.Json.Serialization;
using Argent.Model;

namespace Argent.Training;

/// <summary>What <c>argent import</c> reads: a model that was trained elsewhere, and where its tensors are.</summary>
/// <remarks>Paths of files are relative to the map's folder.</remarks>
public sealed record ImportMap
{
    /// <summary>The model, as <c>model.json</c> of a trained model describes it.</summary>
    public required TrainedDescription Model { get; init; }

    /// <summary>A text file with an item id per line, in the order of the rows of the items' tables.</summary>
    public required string Items { get; init; }

    /// <summary>The safetensors files.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>For feature tables of texts, by path: a file with a value per line, in the order of the table's rows.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>What each tensor of the model is made of, by its path in docs/weights.md.</summary>
    public required IReadOnlyDictionary<string, ImportSource> Tensors { get; init; }

    /// <summary>Tensors of the files that are not wanted; a star at the end stands for any rest of a name.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
}

/// <summary>What one tensor of the model is made of: parts, one below the other along the first dimension.</summary>
/// <param name="Parts">The parts, at least one.</param>
/// <remarks>In JSON a tensor's name, a part, or a list of these.</remarks>
[JsonConverter(typeof(ImportSourceConverter))]
public sealed record ImportSource(IReadOnlyList<ImportPart> Parts);

/// <summary>A tensor of a file, or some of its rows, or numbers that need no file.</summary>
public sealed record ImportPart
{
    /// <summary>Name of a tensor in the files.</summary>
    public string? From { get; init; }

    /// <summary>The file that holds it; needed when several files have a tensor of that name.</summary>
    public string? File { get; init; }

    /// <summary>First row and end of the rows that are taken, before anything else; null for all.</summary>
    public IReadOnlyList<long>? Rows { get; init; }

    /// <summary>Whether [N, K] is turned into [K, N].</summary>
    public bool Transpose { get; init; }

    /// <summary>Instead of a tensor of a file: the shape of zeros.</summary>
    public IReadOnlyList<long>? Zeros { get; init; }

    /// <summary>Instead of a tensor of a file: the rows of an identity matrix.</summary>
    public int? Identity { get; init; }

    /// <summary>What messages call the part.</summary>
    public override string ToString()
    {
        if (Zeros is { } shape) return $"zeros [{string.Join(", ", shape)}]";
        if (Identity is { } size) return $"identity [{size}, {size}]";
        string rows = Rows is [var first, var end] ? $", rows {first} to {end}" : "";
        return $"'{From}'{rows}{(Transpose ? ", transposed" : "")}";
    }
}

/// <summary>Reads a text as the tensor of that name, an object as a part, a list as parts.</summary>
sealed class ImportSourceConverter : JsonConverter<ImportSource>
{
    /// <inheritdoc/>
    public override ImportSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return new ImportSource([ReadPart(ref reader, options)]);
        var parts = new List<ImportPart>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) parts.Add(ReadPart(ref reader, options));
        return parts.Count > 0 ? new ImportSource(parts) : throw new JsonException("A tensor is made of at least one part.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ImportSource value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Parts, options);

    static ImportPart ReadPart(ref Utf8JsonReader reader, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new ImportPart { From = reader.GetString() },
        JsonTokenType.StartObject => Checked(JsonSerializer.Deserialize<ImportPart>(ref reader, options)!),
        _ => throw new JsonException("A tensor is made of a name, an object, or a list of these."),
    };

    static ImportPart Checked(ImportPart part)
    {
        int kinds = (part.From is null ? 0 : 1) + (part.Zeros is null ? 0 : 1) + (part.Identity is null ? 0 : 1);
        if (kinds != 1) throw new JsonException("A part has one of 'from', 'zeros' and 'identity'.");
        bool isGiven = part.From is null && (part.File is not null || part.Rows is not null || part.Transpose);
        if (isGiven) throw new JsonException("'file', 'rows' and 'transpose' go with 'from'.");
        if (part.Rows is { Count: not 2 }) throw new JsonException("'rows' is the first row and the end, such as [1, 10001].");
        if (part.Zeros is { Count: 0 or > 4 }) throw new JsonException("'zeros' is a shape of one to four extents.");
        return part;
    }
}
