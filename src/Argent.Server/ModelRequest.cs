using Argent.Model;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary>What every action on a model begins with.</summary>
/// <param name="Predictor">Who answers.</param>
/// <param name="Model">The model in service when the request came.</param>
/// <param name="Body">The request's body.</param>
sealed record ModelRequest(Predictor Predictor, RetrievalModel Model, ReadOnlyMemory<byte> Body)
{
    /// <summary>The model of that name and the body; null, and the problem is written, when there is no such model.</summary>
    /// <exception cref="ServingException">The model is stopping.</exception>
    public static async Task<ModelRequest?> ReadAsync(HttpContext context, string model, ModelRegistry models)
    {
        if (models.Find(model) is not { } predictor)
        {
            await Problem.UnknownModel(model, models.Names).WriteAsync(context).ConfigureAwait(false);
            return null;
        }
        var snapshot = predictor.Current ?? throw new ServingException(ServingFailure.NotReady, "The model is stopping.");
        return new(predictor, snapshot.Model, await RequestBody.ReadAsync(context).ConfigureAwait(false));
    }
}
