using System.Text.Json;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary><c>POST /v1/models/{model}:rank</c>: a user and given items to their scores.</summary>
static class RankEndpoint
{
    public static async Task HandleAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (models.Find(model) is not { } predictor)
        {
            await Problem.UnknownModel(model, models.Names).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var snapshot = predictor.Current ?? throw new ServingException(ServingFailure.NotReady, "The model is stopping.");
        var tasks = snapshot.Model.Tasks;
        var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        var request = RankingRequestJson.Read(body, snapshot.Model.HistoryTask);
        var response = await predictor.RankAsync(request, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.Body);
        await RankingResponseJson.WriteAsync(json, response, tasks, context.RequestAborted).ConfigureAwait(false);
    }
}
