using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Kernels;
using Argent.Publish;
using Argent.Server;
using Argent.Training;

namespace Argent.Cli;

/// <summary>From data to served recommendations in one command: train, publish, serve, and three calls with their answers.</summary>
sealed class QuickstartCommand : ArgentCommand
{
    /// <summary>Enough to see that the model learns; <c>argent train</c> goes on until validation stops it.</summary>
    const int Epochs = 8;

    readonly Option<string?> _data = new("--data")
    {
        Description = $"A dataset.json or its folder; else {QuickstartData.Variable}; else a generated catalogue.",
        HelpName = "DATASET.json|DIR",
    };

    readonly Option<string> _out = new("--out")
    {
        Description = "Folder of everything that is made.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "quickstart",
    };

    readonly Option<int> _epochs = Numbers.AtLeast(1, new Option<int>("--epochs")
    {
        Description = "The most passes over all users.",
        HelpName = "n",
        DefaultValueFactory = _ => Epochs,
    });

    readonly Option<int> _port = ServerOptionSet.CreatePort();
    readonly Option<bool> _once = new("--once") { Description = "Stop after the example calls." };

    /// <summary>The command.</summary>
    public QuickstartCommand()
        : base("quickstart", "Train, publish and serve a model, and show three calls with their answers.", "argent quickstart --once")
    {
        Option[] all = [_data, _out, _port, _once, _epochs];
        foreach (var option in all) Add(option);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CommandRun run)
    {
        long started = Stopwatch.GetTimestamp();
        var options = new ServerOptions { Port = run.Get(_port) };
        // Found out now, not after minutes of training.
        PortCheck.AssertFree(options.Address, options.Port);
        string folder = run.Require(_out);
        var dataset = DatasetReader.Read(QuickstartData.Find(run.Get(_data), folder, run), DatasetOptions.Default, run.Progress);
        var split = TrainingSplit.Of(dataset, run);
        var kernels = CpuKernels.Create(run.Workers);
        string trained = Train(run, dataset, split, kernels, Path.Combine(folder, "trained"));
        string artifact = Publish(run, dataset, trained, kernels, Path.Combine(folder, "models"));

        await using var server = await RunningServer.StartAsync(artifact, options, kernels);
        run.Note(string.Create(CultureInfo.InvariantCulture,
            $"quickstart: {server.Snapshots.First()} at {server.Address} after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        await ShowAsync(run, dataset, split, server);
        if (run.Get(_once)) return ExitCode.Done;
        run.Note("quickstart: serving; Ctrl-C stops it");
        await Stop.WhenAskedAsync(run.Cancellation);
        return ExitCode.Done;
    }

    string Train(CommandRun run, Dataset dataset, DatasetSplit split, IKernels kernels, string folder)
    {
        var options = new TrainOptions { Out = folder, Epochs = run.Get(_epochs) };
        int usual = new TrainOptions { Out = "" }.Epochs;
        run.Note($"quickstart: training for {options.Epochs} epochs; `argent train` takes up to {usual} and ranks better");
        Trainer.Train(dataset, split, run.Seed is { } seed ? options with { Seed = seed } : options, kernels, run.Progress);
        return folder;
    }

    static string Publish(CommandRun run, Dataset dataset, string trained, IKernels kernels, string folder)
    {
        var options = run.Seed is { } seed ? new PublishOptions { Seed = seed } : new PublishOptions();
        using var source = SourceOptions.FromTrained(dataset, trained, kernels, options.Seed, null);
        return Publisher.Publish(source.Source, options, folder, kernels, run.Progress).Folder;
    }

    static async Task ShowAsync(CommandRun run, Dataset dataset, DatasetSplit split, RunningServer server)
    {
        using var client = new HttpClient();
        var address = new Uri(server.Address, $"/v1/models/{server.Models[0]}:retrieve");
        var shown = new JsonArray();
        foreach (var call in ExampleCall.For(dataset, split, server.Tasks))
        {
            var answer = await AskAsync(client, address, call, run.Cancellation);
            shown.Add(new JsonObject { ["title"] = call.Title, ["command"] = call.Command(address), ["answer"] = answer });
        }
        var json = new JsonObject { ["address"] = server.Address.ToString(), ["snapshot"] = server.Snapshots.First(), ["calls"] = shown };
        run.Print(json, output =>
        {
            foreach (var call in shown.Select(c => c!.AsObject()))
            {
                output.WriteLine();
                output.WriteLine("# " + (string?)call["title"]);
                output.WriteLine((string?)call["command"]);
                output.WriteLine(call["answer"]!.ToJsonString(CommandRun.Json));
            }
        });
    }

    static async Task<JsonNode> AskAsync(HttpClient client, Uri address, ExampleCall call, CancellationToken cancellation)
    {
        using var body = new StringContent(call.Body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(address, body, cancellation);
        string text = await response.Content.ReadAsStringAsync(cancellation);
        var answer = response.IsSuccessStatusCode ? JsonNode.Parse(text) : null;
        if (answer?["items"] is JsonArray { Count: > 0 }) return answer;
        throw new InvalidOperationException($"The server answered the example with {(int)response.StatusCode}: {text}");
    }
}
