using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;

namespace Argent.Cli;

/// <summary>One way to answer the requests of a comparison.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Model">The model.</param>
/// <param name="Change">From the usual request to the one that is timed.</param>
sealed record QualityCase(string Name, OpenModel Model, Func<RetrievalRequest, RetrievalRequest> Change);

/// <summary>What a way gave for a task.</summary>
/// <param name="Recall">Recall at each of <see cref="QualityReport.Cutoffs"/>.</param>
/// <param name="Margins">Half the width of each one's 95 % interval over users; null for fewer than two users.</param>
sealed record QualityRow(IReadOnlyList<double> Recall, IReadOnlyList<double?> Margins);

/// <summary>What the ways gave for a held-out task.</summary>
/// <param name="Task">The task, which alone orders the answers.</param>
/// <param name="Users">Users that were asked about.</param>
/// <param name="Events">Their held-out events.</param>
/// <param name="Rows">A row for each way.</param>
sealed record QualityTask(string Task, int Users, long Events, IReadOnlyList<QualityRow> Rows);

/// <summary>How fast a way is.</summary>
/// <param name="PerSecond">Requests a second of wall time, the median of the rounds.</param>
/// <param name="PerCpuSecond">Requests a second of processor time, the median of the rounds.</param>
readonly record struct QualitySpeed(double PerSecond, double PerCpuSecond);

/// <summary>Recall of several ways to answer the same requests for each held-out task, and their throughput.</summary>
/// <param name="Names">The ways.</param>
/// <param name="Batch">Requests of a pass when throughput was measured.</param>
/// <param name="Tasks">The held-out tasks.</param>
/// <param name="Speeds">Throughput of each way, for requests of the first task.</param>
/// <param name="NotHeldOut">Tasks of the model without a row: their events were learned, so nobody can be asked for them.</param>
sealed record QualityReport(
    IReadOnlyList<string> Names, int Batch, IReadOnlyList<QualityTask> Tasks, IReadOnlyList<QualitySpeed> Speeds,
    IReadOnlyList<string> NotHeldOut)
{
    /// <summary>Items asked for when throughput is measured.</summary>
    const int TimedK = 100;

    // Requests of a round: half a second or more on one core.
    const int TimedUsers = 1024;

    /// <summary>Where recall is measured.</summary>
    public static IReadOnlyList<int> Cutoffs { get; } = [20, 100, 200, 500, 1000];

    /// <summary>Asks and times every way.</summary>
    /// <param name="cases">The ways.</param>
    /// <param name="data">Users, items and what is held out.</param>
    /// <param name="how">Users to test, 0 for all; requests of a pass; rounds.</param>
    /// <param name="progress">Told of everything.</param>
    public static QualityReport Of(
        IReadOnlyList<QualityCase> cases, (Dataset Dataset, DatasetSplit Split) data, (int Users, int Batch, int Rounds) how,
        Progress progress)
    {
        var tasks = new List<QualityTask>();
        foreach (var test in (Interactions[])[data.Split.Test, .. data.Split.AlsoTest])
        {
            SplitEvaluation[] asked = [.. cases.Select(c => new SplitEvaluation(c.Model, data.Dataset, data.Split, how.Users, test))];
            if (asked[0].Users == 0) throw new InvalidDataException($"The split of '{data.Dataset.Name}' tests no user of '{test.Task}'.");
            tasks.Add(new QualityTask(
                test.Task, asked[0].Users, asked[0].Events,
                [.. cases.Select((c, i) => Ask(c.Name, asked[i], data.Dataset.Items.Count, progress))]));
        }
        var first = new SplitEvaluation(cases[0].Model, data.Dataset, data.Split, how.Users);
        return new QualityReport(
            [.. cases.Select(c => c.Name)], how.Batch, tasks, Time(cases, first, how.Batch, how.Rounds, progress),
            [.. cases[0].Model.Model.Tasks.Except(tasks.Select(t => t.Task))]);
    }

    static QualityRow Ask(string name, SplitEvaluation asked, int items, Progress progress)
    {
        var metrics = new RankingMetrics(items, [.. Cutoffs]);
        asked.Ask(
            $"{asked.Task}, {name}", r => r with { K = Cutoffs[^1] },
            (user, rows, _) => metrics.Add(asked.DatasetRows(rows), asked.HeldOut(user)), progress);
        progress.Done(Text($"Recall@20 {metrics.Recall(Cutoffs[0]):0.0000}"));
        return new QualityRow([.. Cutoffs.Select(metrics.Recall)], [.. Cutoffs.Select(metrics.RecallMargin)]);
    }

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["task"] = Tasks[0].Task,
        ["users"] = Tasks[0].Users,
        ["batch"] = Batch,
        ["rows"] = new JsonArray([.. Speeds.Select((speed, i) => (JsonNode)new JsonObject
        {
            ["name"] = Names[i],
            ["recall"] = AtCutoffs(Tasks[0].Rows[i].Recall, r => r),
            ["requestsPerSecond"] = speed.PerSecond,
            ["requestsPerCpuSecond"] = speed.PerCpuSecond,
        })]),
        ["tasks"] = new JsonObject([.. Tasks.Select(task => KeyValuePair.Create(task.Task, (JsonNode?)new JsonObject
        {
            ["users"] = task.Users,
            ["events"] = task.Events,
            ["rows"] = new JsonArray([.. task.Rows.Select((row, i) => (JsonNode)new JsonObject
            {
                ["name"] = Names[i],
                ["recall"] = AtCutoffs(row.Recall, r => r),
                ["recallMargin"] = AtCutoffs(row.Margins, m => m),
            })]),
        }))]),
        ["notHeldOut"] = new JsonArray([.. NotHeldOut.Select(task => (JsonNode)task)]),
    };

    static JsonObject AtCutoffs<T>(IReadOnlyList<T> figures, Func<T, JsonNode?> node) =>
        new([.. Cutoffs.Select((k, i) => KeyValuePair.Create(k.ToString(CultureInfo.InvariantCulture), node(figures[i])))]);

    /// <summary>For a person: tables in Markdown.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine("| task | | " + string.Join(" | ", Cutoffs.Select(k => $"Recall@{k}")) + " |");
        output.WriteLine("|---|---|" + string.Concat(Enumerable.Repeat("---|", Cutoffs.Count)));
        foreach (var task in Tasks)
        {
            for (int i = 0; i < Names.Count; i++)
            {
                var row = task.Rows[i];
                string figures = string.Join(" | ", row.Recall.Zip(row.Margins, Ranking.WithMargin));
                output.WriteLine($"| {task.Task} | {Names[i]} | {figures} |");
            }
            var gains = task.Rows[0].Recall.Zip(task.Rows[^1].Recall, (a, b) => Text($"{(b / a) - 1:+0.0 %;-0.0 %}"));
            output.WriteLine($"| | relative | {string.Join(" | ", gains)} |");
        }
        output.WriteLine();
        foreach (var task in Tasks) output.WriteLine(Text($"{task.Task}: {task.Users:N0} users, {task.Events:N0} held-out events"));
        output.WriteLine("±: 95 % over users, normal approximation");
        foreach (string task in NotHeldOut)
        {
            output.WriteLine(
                $"{task}: no rows, since its events were learned: the split does not hold it out. Name it under \"also\" and train again.");
        }
        output.WriteLine();
        output.WriteLine(Text($"| k {TimedK} in batches of {Batch}, medians | requests/s | requests/s of processor time |"));
        output.WriteLine("|---|---|---|");
        for (int i = 0; i < Names.Count; i++)
        {
            output.WriteLine(Text($"| {Names[i]} | {Speeds[i].PerSecond:N0} | {Speeds[i].PerCpuSecond:N0} |"));
        }
        var (first, last) = (Speeds[0], Speeds[^1]);
        output.WriteLine(Text($"| relative | {last.PerSecond / first.PerSecond:0 %} | {last.PerCpuSecond / first.PerCpuSecond:0 %} |"));
    }

    /// <summary>Every way once in each round, after one round that does not count.</summary>
    static List<QualitySpeed> Time(
        IReadOnlyList<QualityCase> cases, SplitEvaluation evaluation, int batchRequests, int rounds, Progress progress)
    {
        int count = Math.Min(TimedUsers, evaluation.Users);
        progress.Step("throughput", rounds, "rounds");
        var times = cases.Select(_ => (Wall: new List<double>(), Cpu: new List<double>())).ToList();
        int[] users = [.. Enumerable.Range(0, count).Select(i => evaluation.Asked[(int)((long)i * evaluation.Users / count)])];
        var queries = cases.Select(one => users.Select(user => one.Model.Model.Prepare(
            one.Change(evaluation.Request(user) with { K = TimedK }))).ToArray()).ToList();
        var batch = new RetrievalBatch(batchRequests);
        for (int round = 0; round <= rounds; round++)
        {
            for (int c = 0; c < cases.Count; c++)
            {
                var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                long start = Stopwatch.GetTimestamp();
                foreach (var chunk in queries[c].Chunk(batchRequests))
                {
                    batch.Clear();
                    foreach (var query in chunk) batch.Add(query);
                    cases[c].Model.Forward(batch);
                }
                double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
                if (round == 0) continue;
                times[c].Wall.Add(count / wall);
                times[c].Cpu.Add(count / Math.Max(used, 1e-9));
            }
            if (round > 0) progress.Advance(1);
        }
        progress.Done("");
        return [.. times.Select(t => new QualitySpeed(Median(t.Wall), Median(t.Cpu)))];
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
