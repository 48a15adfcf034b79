using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Argent.Model;
using Argent.Publish;

namespace Argent.Cli;

/// <summary>Says how much memory a catalogue takes before it is published.</summary>
sealed class PlanCommand : ArgentCommand
{
    static readonly PlanOptions _defaults = new() { Items = 1, Dim = 1 };

    readonly Option<int> _items = new("--items") { Description = "Items of the catalogue.", HelpName = "n", Required = true };
    readonly Option<int> _dim = new("--dim") { Description = "Numbers in an embedding.", HelpName = "n", Required = true };
    readonly Option<int> _nlist = Count("--nlist", "Lists of the index; 0 chooses as publishing does.", _defaults.NList);
    readonly Option<int> _features = Count("--features", "Features of an item whose values are texts.", _defaults.Features);
    readonly Option<int> _values = Count("--values-per-item", "Values of an item in all of these together.", _defaults.ValuesPerItem);
    readonly Option<int> _vocabulary = Count("--vocabulary", "Different values of such a feature.", _defaults.Vocabulary);
    readonly Option<int> _ordered = Count("--ordered-features", "Features that are numbers or dates.", _defaults.OrderedFeatures);
    readonly Option<double> _rate = Number(
        "--false-positive-rate", "Share of items that the filter index may let through to the exact check.", _defaults.FalsePositiveRate);
    readonly Option<double> _spare = Number(
        "--spare", "Spare slots of a list for later items, as a share of its items.", _defaults.SpareShare);
    readonly Option<int> _heads = Count("--heads", "Query vectors of a request.", _defaults.Heads);
    readonly Option<int> _batch = Count("--batch", "Requests in a batch.", _defaults.Batch);
    readonly Option<int> _k = Count("--k", "Items of a request.", _defaults.K);
    readonly Option<int> _nprobe = Count("--nprobe", "Lists probed.", _defaults.NProbe);

    /// <summary>The command.</summary>
    public PlanCommand()
        : base(
            "plan",
            "Say how much memory a catalogue takes before it is published.",
            "argent plan --items 80000000 --dim 128 --features 6 --values-per-item 10")
    {
        Option[] all = [_items, _dim, _nlist, _features, _values, _vocabulary, _ordered, _rate, _spare, _heads, _batch, _k, _nprobe];
        foreach (var option in all) Add(option);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var options = new PlanOptions
        {
            Items = run.Get(_items),
            Dim = run.Get(_dim),
            NList = run.Get(_nlist),
            SpareShare = run.Get(_spare),
            Features = run.Get(_features),
            ValuesPerItem = run.Get(_values),
            Vocabulary = run.Get(_vocabulary),
            OrderedFeatures = run.Get(_ordered),
            FalsePositiveRate = run.Get(_rate),
            Heads = run.Get(_heads),
            Batch = run.Get(_batch),
            K = run.Get(_k),
            NProbe = run.Get(_nprobe),
        };
        var plan = MemoryPlan.Of(options);
        var json = JsonSerializer.SerializeToNode(plan, StrictJson.Options)!.AsObject();
        json["processBytes"] = MemoryPlan.ProcessBytes;
        json["bytesPerItem"] = (double)plan.TensorBytes / options.Items;
        run.Print(json, output => Write(output, plan, options.Items));
        return Task.FromResult(ExitCode.Done);
    }

    static void Write(TextWriter output, MemoryPlan plan, int items)
    {
        output.WriteLine(Text($"{items:N0} items in {plan.Slots:N0} slots of {plan.NList:N0} lists"));
        output.WriteLine(Text($"{"tensor",-28} {"bytes",18} {"per item",10}"));
        foreach (var tensor in plan.Tensors) Line(tensor.Name, tensor.Bytes);
        Line("all tensors", plan.TensorBytes);
        Line("prepared centroids", plan.PreparedBytes);
        Line("scratch of a batch", plan.ScratchBytes);
        Line("process", MemoryPlan.ProcessBytes);
        Line("served", plan.TotalBytes);

        void Line(string name, long bytes) => output.WriteLine(Text($"{name,-28} {bytes,18:N0} {(double)bytes / items,10:0.00}"));
    }

    static Option<int> Count(string name, string description, int value) =>
        new(name) { Description = description, HelpName = "n", DefaultValueFactory = _ => value };

    static Option<double> Number(string name, string description, double value) =>
        new(name) { Description = description, HelpName = "x", DefaultValueFactory = _ => value };

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
