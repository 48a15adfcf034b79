using System.Text.Json;
using Argent.Model;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary><c>POST /v1/models/{model}:explain</c>: a request to retrieve and one item, answered by the item's way through it.</summary>
static class ExplainEndpoint
{
    public static async Task HandleAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (await ModelRequest.ReadAsync(context, model, models).ConfigureAwait(false) is not { } asked) return;
        var (request, named) = RetrievalRequestJson.ReadExplain(asked.Body, asked.Model.HistoryTask);
        string item = named
            ?? throw new RequestException(RequestErrorKind.BadRequest, "'item' is missing: the id of the item to explain.");
        var explanation = await asked.Predictor.ExplainAsync(request, item, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ExplanationJson.Options);
        ExplanationJson.Write(json, explanation);
    }
}
