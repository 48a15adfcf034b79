using System.CommandLine;
using System.Globalization;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Measures what diversity costs: relevance against the difference of a list's items, over the weights of each measure.</summary>
sealed class EvalBlendCommand : ArgentCommand
{
    static readonly double[] _weights = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4];

    readonly Option<string> _data = DataOptions.CreateData();
    readonly Option<double> _maxBadRows = DataOptions.CreateMaxBadRows();
    readonly Option<string> _model = ArtifactArgument.CreateOption();
    readonly Option<int> _users = Count("--users", "Test at most this many users, taken at even distances.", 2000);
    readonly Option<int> _k = Count("--k", "Items of a list.", 20);
    readonly Option<int> _pool = Count("--pool", "Candidates that a list is composed of.", 200);
    readonly Option<int> _window = Count("--window", "Places back that are looked at.", 10);

    readonly Option<string?> _features = new("--features")
    {
        Description = "Features whose distinct values are counted; all but ordered ones when left out.",
        HelpName = "A,B",
    };

    readonly Option<string?> _out = new("--out") { Description = "Folder for results.json, results.md and the plots.", HelpName = "DIR" };

    /// <summary>The command.</summary>
    public EvalBlendCommand()
        : base(
            "blend",
            "Measure relevance against diversity of composed lists, over the weights of MMR, SSD and DPP.",
            "argent eval blend --data samples/books/dataset.json --model models/books --out bench/results/this-machine/blend")
    {
        Option[] all = [_data, _model, _users, _k, _pool, _window, _features, _out, _maxBadRows];
        foreach (var option in all) Add(option);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var dataset = DatasetReader.Read(run.Require(_data), DataOptions.Of(run, _maxBadRows), run.Progress);
        using var artifact = Artifact.Open(Artifact.Resolve(run.Require(_model)));
        using var model = OpenModel.Open(run.Require(_model), run, FileMemory.Resident);
        var evaluation = new SplitEvaluation(model, dataset, DatasetSplitter.Split(dataset), run.Get(_users));
        if (evaluation.Users == 0) throw new InvalidDataException($"The split of '{dataset.Name}' tests no user.");
        var lists = new ListDiversity(model.Model, artifact.Get<BFloat16>("cache.embeddings"), run.Get(_features)?.Split(','));
        var rows = new List<BlendPoint> { Measure(run, evaluation, lists, dataset.Items.Count, null) };
        foreach (var kind in Enum.GetValues<DiversityKind>())
        {
            foreach (double weight in _weights)
            {
                var diversity = new DiversityConfig { Kind = kind, Weight = weight, Window = run.Get(_window) };
                rows.Add(Measure(run, evaluation, lists, dataset.Items.Count, diversity));
            }
        }
        var report = new BlendReport(
            model.Snapshot.Manifest.Id(), evaluation.Users, run.Get(_k), run.Get(_pool), run.Get(_window), lists.Features, rows);
        run.Print(report.ToJson(), output => output.Write(report.ToText()));
        if (run.Get(_out) is not { } folder) return Task.FromResult(ExitCode.Done);
        report.Write(folder);
        run.Note($"results in {folder}");
        return Task.FromResult(ExitCode.Done);
    }

    BlendPoint Measure(CommandRun run, SplitEvaluation evaluation, ListDiversity lists, int items, DiversityConfig? diversity)
    {
        int k = run.Get(_k);
        var metrics = new RankingMetrics(items, k);
        var config = new BlendConfig { Pool = run.Get(_pool), Diversity = diversity };
        string json = System.Text.Encoding.UTF8.GetString(StrictJson.Write(config));
        double value = 0;
        lists.Clear();
        evaluation.Ask(
            config.ToString() + string.Create(CultureInfo.InvariantCulture, $" {diversity?.Weight}"),
            request => request with { K = k, Blend = json },
            (user, rows, values) =>
            {
                metrics.Add(evaluation.DatasetRows(rows), evaluation.HeldOut(user));
                lists.Add(rows);
                double sum = 0;
                foreach (float one in values) sum += one;
                value += sum / Math.Max(1, values.Length);
            },
            run.Progress);
        return new BlendPoint(
            diversity?.Kind, diversity?.Weight ?? 0, metrics.Recall(k), metrics.Ndcg(k), value / evaluation.Users,
            metrics.Coverage(k), lists.Distance, lists.Distinct);
    }

    static Option<int> Count(string name, string description, int value) => Numbers.AtLeast(1, new Option<int>(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => value,
    });
}
