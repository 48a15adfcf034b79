using System.Text.Json;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary><c>POST /v1/models/{model}:rank</c>: a user and given items to their scores.</summary>
static class RankEndpoint
{
    public static async Task HandleAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (await ModelRequest.ReadAsync(context, model, models).ConfigureAwait(false) is not { } asked) return;
        var request = RankingRequestJson.Read(asked.Body, asked.Model.HistoryTask);
        var response = await asked.Predictor.RankAsync(request, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.Body);
        await RankingResponseJson.WriteAsync(json, response, asked.Model.Tasks, context.RequestAborted).ConfigureAwait(false);
    }
}
