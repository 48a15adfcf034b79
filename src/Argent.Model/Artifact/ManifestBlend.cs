using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argent.Model;

/// <summary>A manifest's blend: the word <c>identity</c> when it moves nothing, and its configuration otherwise.</summary>
sealed class ManifestBlend : JsonConverter<BlendConfig>
{
    const string Identity = "identity";

    /// <inheritdoc/>
    public override BlendConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) return JsonSerializer.Deserialize<BlendConfig>(ref reader, options)!;
        string? word = reader.GetString();
        return word == Identity ? new BlendConfig() : throw new JsonException($"The blend '{word}' is not known.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, BlendConfig value, JsonSerializerOptions options)
    {
        if (value.IsIdentity) writer.WriteStringValue(Identity);
        else JsonSerializer.Serialize(writer, value, options);
    }
}
