using System.CommandLine;
using System.Globalization;
using Argent.Bench;
using Argent.Data;
using Argent.Kernels;
using Argent.Publish;
using Argent.Training;

namespace Argent.Cli;

/// <summary>Measures rankings: embeddings of the cache beside computed ones.</summary>
sealed class BenchRankCommand : BenchmarkCommand
{
    const int QuickItems = 3000;

    readonly Option<string?> _model = new("--model")
    {
        Description = "A published model with an item tower; a generated catalogue is trained and published when left out.",
        HelpName = "MODELS|ARTIFACT",
    };

    readonly Option<int?> _items = Numbers.AtLeast(1000, new Option<int?>("--items")
    {
        Description = "Items of the generated catalogue; 183,040 by default, 3,000 with --quick.",
        HelpName = "n",
    });

    /// <summary>The command.</summary>
    public BenchRankCommand()
        : base(
            "rank",
            "Measure rankings of given items: embeddings of the cache beside computed ones, and a whole catalogue in one request.",
            "argent bench rank --check --out bench/results/this-machine/rank")
    {
        Add(_model);
        Add(_items);
    }

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run)
    {
        if (run.Get(_model) is not null && run.Has(_items)) throw new UsageException("--model and --items do not go together.");
        return new RankingBenchmark(new RankingBenchOptions { Folder = run.Get(_model) ?? Generated(run) });
    }

    /// <summary>The models folder of a generated catalogue, made when the cache does not have it: speed depends on sizes alone.</summary>
    string Generated(CommandRun run)
    {
        int items = run.Get(_items) ?? (IsQuick(run) ? QuickItems : RankingBenchOptions.CatalogueItems);
        ulong seed = run.Seed ?? new GeneratorOptions().Seed;
        string folder = Path.Combine(CacheFolder(run), string.Create(CultureInfo.InvariantCulture, $"rank-{items}-seed{seed}"));
        string models = Path.Combine(folder, "models");
        if (IsFresh(run) && Directory.Exists(models)) Directory.Delete(models, recursive: true);
        if (Directory.Exists(models)) return models;
        string data = Path.Combine(folder, "data"), trained = Path.Combine(folder, "trained"), partial = models + ".partial";
        DatasetGenerator.WriteFolder(data, new GeneratorOptions { Items = items, Users = items / 10, Seed = seed }, run.Progress);
        var dataset = DatasetReader.Read(data, DatasetOptions.Default, run.Progress);
        var kernels = CpuKernels.Create(run.Workers);
        Trainer.Train(
            dataset, TrainingSplit.Of(dataset, run), new TrainOptions { Out = trained, Epochs = 1, Seed = seed }, kernels, run.Progress);
        using (var source = SourceOptions.FromTrained(dataset, trained, kernels, seed, null))
        {
            Publisher.Publish(source.Source, new PublishOptions { Seed = seed }, partial, kernels, run.Progress);
        }
        Directory.Move(partial, models);
        return models;
    }
}
