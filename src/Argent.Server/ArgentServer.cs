using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argent.Server;

/// <summary>The HTTP host: routes, limits and errors. Models come from a <see cref="ModelRegistry"/>.</summary>
public static class ArgentServer
{
    /// <summary>Builds a host that is not started yet. The caller disposes host and models.</summary>
    public static WebApplication Build(ModelRegistry models, ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is an exception for the caller, who says it once and in words.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Standard output belongs to results.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, options.Port);
            kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddSingleton<MetricsText>();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.Services.GetRequiredService<MetricsText>();
        app.Use(CatchErrors);
        Map(app, models);
        return app;
    }

    static void Map(WebApplication app, ModelRegistry models)
    {
        app.MapPost("/v1/models/{model}:retrieve", (HttpContext context, string model) =>
            RetrieveEndpoint.HandleAsync(context, model, models));
        app.MapPost("/v1/models/{model}:rank", (HttpContext context, string model) =>
            RankEndpoint.HandleAsync(context, model, models));
        app.MapPost("/v1/models/{model}:explain", (HttpContext context, string model) =>
            ExplainEndpoint.HandleAsync(context, model, models));
        app.MapGet("/v1/models", context => ModelEndpoints.ListAsync(context, models));
        app.MapGet("/v1/models/{model}", (HttpContext context, string model) =>
            ModelEndpoints.ShowAsync(context, model, models));
        app.MapGet("/v2/health/live", HealthEndpoints.LiveAsync);
        app.MapGet("/v2/health/ready", context => HealthEndpoints.ReadyAsync(context, models));
        app.MapGet("/v2/models/{model}", (HttpContext context, string model) =>
            HealthEndpoints.MetadataAsync(context, model, models));
        app.MapGet("/v2/models/{model}/ready", (HttpContext context, string model) =>
            HealthEndpoints.ModelReadyAsync(context, model, models));
        app.MapGet("/metrics", (HttpContext context, MetricsText metrics) => metrics.WriteAsync(context));
        app.MapFallback(context => new Problem(404, "Not found", "There is nothing at this address.").WriteAsync(context));
    }

    static async Task CatchErrors(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var problem = Problem.From(e);
            if (problem.Status == 500)
            {
                var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Argent.Server");
                LogFailure(log, context.Request.Path, e);
            }
            await problem.WriteAsync(context).ConfigureAwait(false);
        }
    }

    static readonly Action<ILogger, string, Exception?> _logFailure = LoggerMessage.Define<string>(
        LogLevel.Error, new EventId(1, "RequestFailed"), "The request {Path} failed.");

    static void LogFailure(ILogger log, PathString path, Exception e) => _logFailure(log, path, e);
}
