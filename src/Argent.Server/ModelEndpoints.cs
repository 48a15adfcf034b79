using System.Text.Json;
using Argent.Model;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{model}</c>: what is in service.</summary>
static class ModelEndpoints
{
    public static async Task ListAsync(HttpContext context, ModelRegistry models)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (string name in models.Names)
        {
            if (models.Find(name)?.Current is { } snapshot) WriteModel(json, snapshot);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static async Task ShowAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (models.Find(model)?.Current is not { } snapshot)
        {
            await Problem.UnknownModel(model, models.Names).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        WriteModel(json, snapshot);
    }

    static void WriteModel(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteString("name", snapshot.Manifest.Name);
        json.WriteString("version", snapshot.Manifest.Version);
        json.WriteString("snapshot", snapshot.Id);
        json.WriteString("state", "ready");
        json.WriteNumber("items", snapshot.Model.Items.Count);
        json.WriteNumber("watermark", snapshot.Watermark);
        json.WriteStartArray("tasks");
        foreach (string task in snapshot.Model.Tasks) json.WriteStringValue(task);
        json.WriteEndArray();
        json.WriteStartArray("features");
        foreach (var feature in snapshot.Model.Schema.Features)
        {
            json.WriteStartObject();
            json.WriteString("name", feature.Name);
            json.WriteString("type", JsonNamingPolicy.CamelCase.ConvertName(feature.Type.ToString()));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
