using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Argent.Serving.Tests;
using Microsoft.AspNetCore.Builder;

namespace Argent.Server.Tests;

/// <summary>Tests that ask a server of the small model, started anew for each.</summary>
public abstract class EndpointTests(SmallModel small, ServerOptions? options = null) : IClassFixture<SmallModel>, IAsyncLifetime
{
    readonly ServerOptions _options = (options ?? new ServerOptions()) with { Port = 0 };
    ModelRegistry _models = null!;
    WebApplication _app = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Numbers for the one head of the model.</summary>
    protected static string Vector => "[" + string.Join(",", Enumerable.Range(0, SmallModel.Dim).Select(i => (i % 3) - 1)) + "]";

    /// <summary>A user who brings that vector, as a member of a request.</summary>
    protected static string User => $$"""
        "user":{"vectors":[{{Vector}}]}
        """;

    protected HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _models = ModelRegistry.Load(small.Folder, small.Kernels, _options.Predictor);
        _app = ArgentServer.Build(_models, _options);
        await _app.StartAsync(Cancellation);
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _models.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task<HttpResponseMessage> Send(string action, string body, string model = "small") => Client.PostAsync(
        $"/v1/models/{model}:{action}", new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

    protected async Task<(HttpStatusCode Status, JsonElement Json)> Post(string action, string body, string model = "small")
    {
        using var response = await Send(action, body, model);
        return (response.StatusCode, await Json(response));
    }

    protected static async Task<JsonElement> Json(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
}
