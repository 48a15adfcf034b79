using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Argent.Server;
using Argent.Serving;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Serves published models over HTTP until it is stopped.</summary>
sealed class ServeCommand : ArgentCommand
{
    static readonly PredictorOptions _defaults = new();

    readonly Option<string> _model = ArtifactArgument.CreateOption();
    readonly Option<int> _port = ServerOptionSet.CreatePort();

    readonly Option<string> _memory = MemoryOption.Create(FileMemory.Resident);

    readonly Option<string> _host = new("--host")
    {
        Description = "Address to listen on; 0.0.0.0 for all.",
        HelpName = "IP",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    readonly Option<int> _batch = Numbers.AtLeast(1, new Option<int>("--max-batch-size")
    {
        Description = "Requests in one forward pass.",
        HelpName = "n",
        DefaultValueFactory = _ => _defaults.MaxBatchSize,
    });

    readonly Option<int> _delay = Numbers.AtLeast(0, new Option<int>("--max-queue-delay-microseconds")
    {
        Description = "How long a request may wait for others to share its pass.",
        HelpName = "n",
        DefaultValueFactory = _ => (int)_defaults.MaxQueueDelay.TotalMicroseconds,
    });

    readonly Option<int> _queue = Numbers.AtLeast(1, new Option<int>("--max-queue-size")
    {
        Description = "Requests that may wait; one more is refused.",
        HelpName = "n",
        DefaultValueFactory = _ => _defaults.MaxQueueSize,
    });

    /// <summary>The command.</summary>
    public ServeCommand()
        : base("serve", "Serve published models over HTTP until it is stopped.", "argent serve --model models --port 8000")
    {
        Option[] all = [_model, _port, _host, _memory, _batch, _delay, _queue];
        foreach (var option in all) Add(option);
    }

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CommandRun run)
    {
        if (!IPAddress.TryParse(run.Get(_host), out var address))
        {
            throw new UsageException($"--host is '{run.Get(_host)}'; it must be an IP address such as 127.0.0.1 or 0.0.0.0.");
        }
        var options = new ServerOptions
        {
            Address = address,
            Port = run.Get(_port),
            Memory = MemoryOption.Get(run, _memory),
            Predictor = new PredictorOptions
            {
                MaxBatchSize = run.Get(_batch),
                MaxQueueDelay = TimeSpan.FromMicroseconds(run.Get(_delay)),
                MaxQueueSize = run.Get(_queue),
            },
        };
        await using var server = await RunningServer.StartAsync(run.Require(_model), options, run.Kernels);
        string[] snapshots = [.. server.Snapshots];
        if (run.IsJson)
        {
            run.Print(new JsonObject
            {
                ["address"] = server.Address.ToString().TrimEnd('/'),
                ["models"] = new JsonArray([.. snapshots.Select(s => JsonValue.Create(s))]),
            }, _ => { });
            await run.Terminal.Output.FlushAsync();
        }
        run.Note($"argent serve: {string.Join(", ", snapshots)} at {server.Address} (Ctrl-C stops it)");
        await Stop.WhenAskedAsync(run.Cancellation);
        return ExitCode.Done;
    }
}
