using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Training;

namespace Argent.Cli;

/// <summary>Trains a two-tower model on the training part of a data set.</summary>
sealed class TrainCommand : ArgentCommand
{
    static readonly TrainOptions _defaults = new() { Out = "" };

    readonly Option<string> _data = DataOptions.CreateData();
    readonly Option<double> _maxBadRows = DataOptions.CreateMaxBadRows();

    readonly Option<string> _out = new("--out")
    {
        Description = "Folder of the trained model and its checkpoint.",
        HelpName = "TRAINED",
        Required = true,
    };

    readonly Option<int> _epochs =
        Count("--epochs", "The most passes over all users; it stops earlier when validation says so.", _defaults.Epochs);

    readonly Option<int> _dim = Count("--dim", "Numbers in an embedding.", _defaults.Dim);
    readonly Option<int> _batch = Count("--batch-users", "Users in a step.", _defaults.BatchUsers);

    readonly Option<int> _patience =
        Count("--patience", "Stop after this many epochs without a better validation.", _defaults.Patience);

    readonly Option<float> _rate = Numbers.Create("--learning-rate", "Size of a step.", _defaults.LearningRate);

    readonly Option<float> _decay = Numbers.Create(
        "--weight-decay", "How fast the tables shrink, times the learning rate.", _defaults.WeightDecay);

    readonly Option<float> _idDropout = Numbers.Create(
        "--id-dropout", "Share of the items that a step sees by their features alone.", _defaults.IdDropout);

    readonly Option<float> _scale = Numbers.Create(
        "--initial-scale", "Standard deviation of the first weights of the tables.", _defaults.InitialScale);

    readonly Option<string?> _tasks = Text("--tasks", "Tasks to learn; all tasks of the data when left out.", "A,B");
    readonly Option<string?> _hidden = Text("--user-hidden", "Widths of hidden layers of the user tower.", "256,128");
    readonly Option<string?> _itemHidden = Text("--item-hidden", "Widths of hidden layers of the item tower.", "256");

    readonly Option<int> _userIds = Numbers.AtLeast(0, new Option<int>("--user-id-buckets")
    {
        Description = "Rows of a table of hashed user ids; 0 is none.",
        HelpName = "n",
    });

    readonly Option<int> _validation = Numbers.AtLeast(0, Numbers.Create(
        "--validation-users",
        "The most users that are validated; 0 learns from all events and keeps the last epoch.",
        _defaults.ValidationUsers));

    readonly SequenceOptions _sequence = new();
    readonly OverArchArguments _overArch = new();

    readonly Option<bool> _resume = new("--resume") { Description = "Continue from the checkpoint in --out, if there is one." };

    /// <summary>The command.</summary>
    public TrainCommand()
        : base(
            "train",
            "Train a two-tower model on the training part of a data set.",
            "argent train --data samples/books/dataset.json --out trained/books")
    {
        Option[] all =
        [
            _data, _out, .. OfTowers, .. _overArch.Others, _resume, _maxBadRows,
        ];
        foreach (var option in all) Add(option);
    }

    /// <summary>Options that say nothing where towers are kept.</summary>
    IEnumerable<Option> OfTowers =>
    [
        _epochs, _dim, _batch, _patience, _rate, _decay, _idDropout, _scale, _tasks, _hidden, _itemHidden, _userIds, _validation,
        .. _sequence.All, _overArch.Users,
    ];

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var overArch = _overArch.Read(run, run.Get(_resume));
        overArch?.Check();
        var options = Towers(run);
        options.Check();
        var dataset = DatasetReader.Read(run.Require(_data), DataOptions.Of(run, _maxBadRows), run.Progress);
        var (split, kernels) = (TrainingSplit.Of(dataset, run), CpuKernels.Create(run.Workers));
        if (!_overArch.KeepsTowers(run))
        {
            var result = Trainer.Train(dataset, split, options, kernels, run.Progress);
            run.Print(JsonSerializer.SerializeToNode(result, StrictJson.Options)!, output => Write(output, result));
        }
        if (overArch is null) return Task.FromResult(ExitCode.Done);
        var scored = OverArchTrainer.Train(dataset, split, options, overArch, kernels, run.Progress);
        run.Print(
            JsonSerializer.SerializeToNode(scored, StrictJson.Options)!, output => OverArchArguments.Write(output, scored));
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>How the towers are to be trained, or were.</summary>
    TrainOptions Towers(CommandRun run)
    {
        if (!_overArch.KeepsTowers(run))
        {
            var options = _sequence.Apply(ReadOptions(run), run);
            return options with { ScoredUsers = _overArch.ScoredUsers(run, options.IsTemporal()) };
        }
        if (OfTowers.FirstOrDefault(run.Has) is { } option)
        {
            throw new UsageException($"{option.Name} is about training towers, and --keep-towers trains none; leave one of them out.");
        }
        return OverArchArguments.TowersOf(run.Require(_out));
    }

    TrainOptions ReadOptions(CommandRun run) => new()
    {
        Out = run.Require(_out),
        Epochs = run.Get(_epochs),
        Dim = run.Get(_dim),
        BatchUsers = run.Get(_batch),
        Patience = run.Get(_patience),
        LearningRate = run.Get(_rate),
        WeightDecay = run.Get(_decay),
        IdDropout = run.Get(_idDropout),
        InitialScale = run.Get(_scale),
        Tasks = run.Get(_tasks)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        UserHidden = Widths(_hidden, run),
        ItemHidden = Widths(_itemHidden, run),
        UserIdBuckets = run.Get(_userIds),
        ValidationUsers = run.Get(_validation),
        Seed = run.Seed ?? _defaults.Seed,
        Resume = run.Get(_resume),
    };

    static Option<int> Count(string name, string description, int value) =>
        Numbers.AtLeast(1, Numbers.Create(name, description, value));

    static Option<string?> Text(string name, string description, string shape) =>
        new(name) { Description = description, HelpName = shape };

    static int[] Widths(Option<string?> option, CommandRun run)
    {
        if (run.Get(option) is not { } text) return [];
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var widths = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            bool isWidth = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out widths[i]) && widths[i] > 0;
            if (!isWidth) throw new UsageException($"{option.Name} is '{text}'; it must be widths such as 256,128.");
        }
        return widths;
    }

    static void Write(TextWriter output, TrainResult result)
    {
        var best = result.Epochs.First(e => e.Epoch == result.BestEpoch);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Folder}: {result.Weights:N0} weights, epoch {result.BestEpoch} of {result.Epochs.Count} kept, ") +
            string.Create(CultureInfo.InvariantCulture, $"{result.Seconds:0.0} s"));
        if (best.Recall20 is { } recall20 && best.Recall100 is { } recall100)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"validation, {result.ValidatedTask}: Recall@20 {recall20:0.0000}, Recall@100 {recall100:0.0000}"));
        }
    }
}
