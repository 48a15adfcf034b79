using System.CommandLine;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>
/// What the OverArch is worth and what it costs: one trained model published twice, towers alone and with the OverArch, both
/// asked for every tested user of each held-out task of the split and both timed on the same requests.
/// </summary>
sealed class BenchQualityCommand : ArgentCommand
{
    readonly Option<string> _data = DataOptions.CreateData();
    readonly Option<double> _maxBadRows = DataOptions.CreateMaxBadRows();

    readonly Option<string> _model = new("--model")
    {
        Description = "Folder of a trained model with an OverArch.",
        HelpName = "TRAINED",
        Required = true,
    };

    readonly Option<int> _users = Numbers.AtLeast(0, new Option<int>("--users")
    {
        Description = "Test at most this many users, taken at even distances; 0 is all.",
        HelpName = "n",
    });

    readonly Option<int> _batch = Numbers.AtLeast(1, new Option<int>("--batch")
    {
        Description = "Requests of a forward pass when throughput is measured.",
        HelpName = "n",
        DefaultValueFactory = _ => 16,
    });

    readonly Option<int> _rounds = Numbers.AtLeast(1, new Option<int>("--rounds")
    {
        Description = "Rounds in which every model is timed once; medians count.",
        HelpName = "n",
        DefaultValueFactory = _ => 5,
    });

    readonly Option<string?> _value = new("--value")
    {
        Description = "Value formula of the model with the OverArch when throughput is measured; the task alone when left out.",
        HelpName = "FORMULA",
    };

    /// <summary>The command.</summary>
    public BenchQualityCommand()
        : base(
            "quality",
            "Recall and throughput of a trained model, towers alone and with its OverArch.",
            "argent bench quality --data samples/books/dataset.json --model trained/books")
    {
        Option[] all = [_data, _model, _users, _batch, _rounds, _value, _maxBadRows];
        foreach (var option in all) Add(option);
    }

    /// <summary>Held-out events say something of a model only that has not learned them.</summary>
    static void CheckTraining(Dataset dataset, string folder, CommandRun run)
    {
        using var trained = TrainedModel.LoadTowers(folder);
        if (trained.DatasetHash.Length == 0)
        {
            run.Note("  note: what the weights were trained on is not known; events that they learned would flatter them.");
        }
        else if (trained.DatasetHash != dataset.ContentHash)
        {
            throw new InvalidDataException(
                $"The model in '{folder}' was trained on another version of the data set '{dataset.Name}', or with another split: it may " +
                "have learned the events that it would be asked for. Give the data set of its training, or train again.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var dataset = DatasetReader.Read(run.Require(_data), DataOptions.Of(run, _maxBadRows), run.Progress);
        var split = DatasetSplitter.Split(dataset);
        string folder = run.Require(_model), work = Directory.CreateTempSubdirectory("argent-quality-").FullName;
        try
        {
            var kernels = CpuKernels.Create(run.Workers);
            CheckTraining(dataset, folder, run);
            Publish(TrainedModel.LoadTowers(folder), "towers");
            Publish(TrainedModel.Load(folder), "overarch");
            using var towers = OpenModel.Open(Path.Combine(work, "towers"), run, FileMemory.Resident);
            using var overArch = OpenModel.Open(Path.Combine(work, "overarch"), run, FileMemory.Resident);
            if (overArch.Model.OverArch is not { } config)
            {
                throw new InvalidDataException($"The trained model in '{folder}' has no OverArch; train it with --over-arch.");
            }
            // Both see as many candidates: what differs is who orders them.
            var report = QualityReport.Of(
                [
                    new QualityCase("retrieval", towers, r => r with { Rescore = Math.Max(0, config.Candidates - r.K) }),
                    new QualityCase($"with OverArch '{config.Kind}'", overArch, r => r with { Value = run.Get(_value) ?? r.Value }),
                ],
                (dataset, split), (run.Get(_users), run.Get(_batch), run.Get(_rounds)), run.Progress);
            run.Print(report.ToJson(), report.Write);
            return Task.FromResult(ExitCode.Done);

            void Publish(TrainedModel trained, string name)
            {
                ulong seed = run.Seed ?? trained.Seed;
                using var source = SourceOptions.FromTrained(dataset, trained, kernels, seed, name);
                Publisher.Publish(source.Source, new PublishOptions { Seed = seed }, work, kernels, run.Progress);
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
