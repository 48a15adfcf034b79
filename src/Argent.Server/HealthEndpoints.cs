using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary>The health part of the Open Inference Protocol: live, ready, and one model's metadata and readiness.</summary>
static class HealthEndpoints
{
    public static Task LiveAsync(HttpContext context) => WriteFlagAsync(context, "live", true);

    public static Task ReadyAsync(HttpContext context, ModelRegistry models) =>
        WriteFlagAsync(context, "ready", models.Names.All(name => models.Find(name)?.Current is not null));

    public static Task ModelReadyAsync(HttpContext context, string model, ModelRegistry models) =>
        models.Find(model) is { } predictor
            ? WriteFlagAsync(context, "ready", predictor.Current is not null)
            : Problem.UnknownModel(model, models.Names).WriteAsync(context);

    public static async Task MetadataAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (models.Find(model)?.Current is not { } snapshot)
        {
            await Problem.UnknownModel(model, models.Names).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("name", snapshot.Manifest.Name);
        json.WriteStartArray("versions");
        json.WriteStringValue(snapshot.Manifest.Version);
        json.WriteEndArray();
        json.WriteString("platform", "argent");
        json.WriteEndObject();
    }

    static async Task WriteFlagAsync(HttpContext context, string name, bool value)
    {
        context.Response.StatusCode = value ? 200 : 503;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean(name, value);
        json.WriteEndObject();
    }
}
