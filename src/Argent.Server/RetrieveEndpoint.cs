using System.Text.Json;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary><c>POST /v1/models/{model}:retrieve</c>: one request, one list of items.</summary>
static class RetrieveEndpoint
{
    public static async Task HandleAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (await ModelRequest.ReadAsync(context, model, models).ConfigureAwait(false) is not { } asked) return;
        var request = RetrievalRequestJson.Read(asked.Body, asked.Model.HistoryTask);
        var response = await asked.Predictor.RetrieveAsync(request, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        RetrievalResponseJson.Write(json, response, asked.Model.Tasks);
    }
}
