using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Model;
using Argent.Publish;

namespace Argent.Cli;

/// <summary>Turns a trained model, or plain vectors, into an artifact that serves.</summary>
sealed class PublishCommand : ArgentCommand
{
    static readonly PublishOptions _defaults = new();

    readonly SourceOptions _source = new();

    readonly Option<string> _out = new("--out")
    {
        Description = "Folder of models; the artifact becomes MODELS/<name>/<version>/.",
        HelpName = "MODELS",
        Required = true,
    };

    readonly Option<int> _nlist = Numbers.AtLeast(0, new Option<int>("--nlist")
    {
        Description = "Lists of the index; 0 chooses by the number of items.",
        HelpName = "n",
    });

    readonly Option<int> _nprobe = Numbers.AtLeast(0, new Option<int>("--nprobe")
    {
        Description = "Lists probed when a request does not say; 0 chooses by measured recall.",
        HelpName = "n",
    });

    readonly Option<double> _falsePositives = new("--false-positive-rate")
    {
        Description = "Share of items that the filter index may let through to the exact check.",
        HelpName = "x",
        DefaultValueFactory = _ => _defaults.FalsePositiveRate,
    };

    readonly Option<double> _spare = new("--spare")
    {
        Description = "Spare slots of a list for later items, as a share of its items.",
        HelpName = "x",
        DefaultValueFactory = _ => _defaults.SpareShare,
    };

    readonly Option<string> _quantization = new Option<string>("--quantization")
    {
        Description = "Where the scale of int8 codes comes from: each item, or the range of all numbers of all items.",
        HelpName = "per-item|global",
        DefaultValueFactory = _ => "per-item",
    }.AcceptOnlyFromAmong("per-item", "global");

    readonly Option<string?> _value = new("--value")
    {
        Description = "Value formula, as text or JSON; the first task when left out.",
        HelpName = "\"save + 0.4 * like\"",
    };

    readonly Option<string?> _blend =
        BlendOption.Create("How lists are composed: a JSON file, or the JSON itself; the order of the values when left out.");

    readonly MergeOptions _merge = new();

    /// <summary>The command.</summary>
    public PublishCommand()
        : base(
            "publish",
            "Turn a trained model, or plain vectors, into an artifact that serves.",
            "argent publish --data samples/books/dataset.json --model trained/books --out models")
    {
        foreach (var option in _source.All) Add(option);
        Option[] own = [_out, _nlist, _nprobe, _falsePositives, _spare, _quantization, _value, _blend, .. _merge.All];
        foreach (var option in own) Add(option);
    }

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var options = new PublishOptions
        {
            NList = run.Get(_nlist),
            NProbe = run.Get(_nprobe),
            FalsePositiveRate = run.Get(_falsePositives),
            SpareShare = run.Get(_spare),
            Quantization = run.Get(_quantization) == "global" ? Quantization.Global : Quantization.PerItem,
            Value = run.Get(_value),
            Blend = run.Get(_blend) is { } blend ? BlendOption.Read(blend) : _defaults.Blend,
            Merge = _merge.Read(run),
            Seed = run.Seed ?? _defaults.Seed,
        };
        var kernels = run.Kernels;
        using var source = _source.Read(run, kernels, options.Seed);
        var result = Publisher.Publish(source.Source, options, run.Require(_out), kernels, run.Progress);
        run.Print(ToJson(result), output =>
        {
            output.Write(result.ToText());
            output.WriteLine($"published   {result.Folder}");
        });
        return Task.FromResult(ExitCode.Done);
    }

    static JsonObject ToJson(PublishResult result) => new()
    {
        ["folder"] = result.Folder,
        ["report"] = JsonSerializer.SerializeToNode(result.Report, StrictJson.Options),
        ["steps"] = new JsonArray([.. result.Steps.Select(s => new JsonObject
        {
            ["name"] = s.Name,
            ["seconds"] = s.Duration.TotalSeconds,
            ["figure"] = s.Figure,
        })]),
    };
}
