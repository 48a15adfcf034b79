using System.Net;
using System.Net.Sockets;
using Argent.Kernels;
using Argent.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Argent.Cli;

/// <summary>A server that listens, and the models behind it.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly ModelRegistry _models;
    readonly WebApplication _host;

    RunningServer(ModelRegistry models, WebApplication host) => (_models, _host) = (models, host);

    /// <summary>Where it listens, for example <c>http://127.0.0.1:8000</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Names of the models.</summary>
    public IReadOnlyList<string> Models => _models.Names;

    /// <summary>Tasks of the first model.</summary>
    public IReadOnlyList<string> Tasks => _models.Find(Models[0])?.Current?.Model.Tasks ?? [];

    /// <summary>Version that each model serves, by name: <c>books/3f2a9c01d7e4</c>.</summary>
    public IEnumerable<string> Snapshots => Models.Select(name => _models.Find(name)?.Current?.Id ?? name);

    /// <summary>Loads every model of <paramref name="path"/> and listens.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    /// <exception cref="InvalidDataException">There is no model, or one is damaged.</exception>
    public static async Task<RunningServer> StartAsync(string path, ServerOptions options, IKernels kernels)
    {
        var models = ModelRegistry.Load(path, kernels, options.Predictor, options.Memory);
        try
        {
            var server = new RunningServer(models, ArgentServer.Build(models, options));
            await server.ListenAsync(options);
            return server;
        }
        catch
        {
            await models.DisposeAsync();
            throw;
        }
    }

    /// <summary>Refuses new requests, answers those that came, and frees the models.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        await _models.DisposeAsync();
    }

    async Task ListenAsync(ServerOptions options)
    {
        try
        {
            await _host.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await _host.DisposeAsync();
            var place = new IPEndPoint(options.Address, options.Port);
            throw IsInUse(e) ? PortCheck.InUse(place, e) : new IOException($"{place} cannot be listened on: {Innermost(e).Message}", e);
        }
        var features = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(features.Addresses.First());
    }

    static bool IsInUse(Exception e) => Innermost(e) is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e;
    }
}
