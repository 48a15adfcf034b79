using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argent.Model;

/// <summary>A text that may be a JSON object: the file then holds the object itself.</summary>
sealed class FormulaConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A formula is a text or an object.");
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (value.AsSpan().TrimStart() is not ['{', ..])
        {
            writer.WriteStringValue(value);
            return;
        }
        using var document = JsonDocument.Parse(value);
        document.RootElement.WriteTo(writer);
    }
}
