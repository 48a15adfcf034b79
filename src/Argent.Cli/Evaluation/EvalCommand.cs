using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Measures a published model on the held-out part of a data set, beside popularity on the same split.</summary>
sealed class EvalCommand : ArgentCommand
{
    readonly Option<string> _data = DataOptions.CreateData();
    readonly Option<double> _maxBadRows = DataOptions.CreateMaxBadRows();
    readonly Option<string> _model = ArtifactArgument.CreateOption();

    readonly Option<bool> _exact = new("--exact") { Description = "Also with exact search (every list probed), and what the index loses." };

    readonly Option<int> _nprobe = Numbers.AtLeast(0, new Option<int>("--nprobe")
    {
        Description = "Lists to probe; 0 is the model's default.",
        HelpName = "n",
    });

    readonly Option<int> _users = Numbers.AtLeast(0, new Option<int>("--users")
    {
        Description = "Test at most this many users, taken at even distances; 0 is all.",
        HelpName = "n",
    });

    /// <summary>The command.</summary>
    public EvalCommand()
        : base(
            "eval",
            "Measure a published model on the held-out part of a data set, beside popularity on the same split.",
            "argent eval --data samples/books/dataset.json --model models/books --exact")
    {
        Add(_data);
        Add(_model);
        Add(_exact);
        Add(_nprobe);
        Add(_users);
        Add(_maxBadRows);
        Add(new EvalFiltersCommand());
        Add(new EvalBlendCommand());
    }

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var dataset = DatasetReader.Read(run.Require(_data), DataOptions.Of(run, _maxBadRows), run.Progress);
        var split = DatasetSplitter.Split(dataset);
        using var model = OpenModel.Open(run.Require(_model), run, FileMemory.Resident);
        if (model.Snapshot.Manifest.Lineage.DatasetHash != dataset.ContentHash)
        {
            run.Note("  note: the model was made from other data, or from another version of this data.");
        }
        var evaluation = new SplitEvaluation(model, dataset, split, run.Get(_users));
        if (evaluation.Users == 0) throw new InvalidDataException($"The split of '{dataset.Name}' tests no user.");
        var results = new List<(string Name, Ranking Ranking)>
        {
            ("model", evaluation.Model("evaluate", run.Get(_nprobe), run.Progress)),
        };
        if (run.Get(_exact)) results.Add(("exact", evaluation.Model("evaluate, exact search", model.Model.Index.NList, run.Progress)));
        results.Add(("popularity", evaluation.Popularity()));
        var report = new EvalReport(model.Snapshot.Manifest, dataset.Split!, evaluation, results);
        run.Print(report.ToJson(), report.Write);
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>What an evaluation found.</summary>
/// <param name="Manifest">The model.</param>
/// <param name="Split">How the data were divided.</param>
/// <param name="Evaluation">Who was asked.</param>
/// <param name="Results">Figures by ranking: the model, exact search, popularity.</param>
sealed record EvalReport(
    Manifest Manifest, SplitSpec Split, SplitEvaluation Evaluation, IReadOnlyList<(string Name, Ranking Ranking)> Results)
{
    /// <summary>The share of exact search's Recall@100 that the index loses; null when exact search was not asked.</summary>
    double? IndexLoss => Find("exact") is { Recall100: > 0 } exact ? 1 - Find("model")!.Recall100 / exact.Recall100 : null;

    /// <summary>As JSON.</summary>
    public JsonObject ToJson()
    {
        var task = Find("model")!.ToJson();
        foreach (var (name, ranking) in Results.Skip(1)) task[name] = ranking.ToJson();
        if (IndexLoss is { } loss) task["indexLoss"] = loss;
        return new JsonObject
        {
            ["artifact"] = Manifest.Id(),
            ["split"] = JsonSerializer.SerializeToNode(Split, StrictJson.Options),
            ["users"] = Evaluation.Users,
            ["events"] = Evaluation.Events,
            ["tasks"] = new JsonObject { [Split.Task] = task },
        };
    }

    /// <summary>For a person.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(Text($"{Manifest.Id()}: task {Split.Task}, {Evaluation.Users:N0} users, {Evaluation.Events:N0} held-out events"));
        output.WriteLine(Text($"split: {Split.Kind}, holdout {Split.Holdout}, at least {Split.MinEvents} events, seed {Split.Seed}"));
        output.WriteLine($"{"",-12} {"Recall@20",16} {"Recall@100",16} {"NDCG@100",9} {"Coverage@20",12} {"Coverage@100",13}");
        foreach (var (name, r) in Results)
        {
            string at20 = Ranking.WithMargin(r.Recall20, r.Margins.At20), at100 = Ranking.WithMargin(r.Recall100, r.Margins.At100);
            output.WriteLine(
                Text($"{name,-12} {at20,16} {at100,16} {r.Ndcg100,9:0.0000} {r.Coverage20,12:0.0000} {r.Coverage100,13:0.0000}"));
        }
        output.WriteLine("±: 95 % over users, normal approximation");
        if (IndexLoss is { } loss) output.WriteLine(Text($"the index loses {100 * loss:0.00} % of exact search's Recall@100"));
    }

    Ranking? Find(string name) => Results.Where(r => r.Name == name).Select(r => r.Ranking).FirstOrDefault();

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
