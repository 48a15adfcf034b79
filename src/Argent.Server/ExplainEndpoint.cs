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
        if (models.Find(model) is not { } predictor)
        {
            await Problem.UnknownModel(model, models.Names).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var snapshot = predictor.Current ?? throw new ServingException(ServingFailure.NotReady, "The model is stopping.");
        var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        var (request, named) = RetrievalRequestJson.ReadExplain(body, snapshot.Model.HistoryTask);
        string item = named
            ?? throw new RequestException(RequestErrorKind.BadRequest, "'item' is missing: the id of the item to explain.");
        var explanation = await predictor.ExplainAsync(request, item, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ExplanationJson.Options);
        ExplanationJson.Write(json, explanation);
    }
}
