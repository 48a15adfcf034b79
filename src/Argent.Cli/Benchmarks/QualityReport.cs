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

/// <summary>What a way gave.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Recall">Recall at each of <see cref="QualityReport.Cutoffs"/>.</param>
/// <param name="PerSecond">Requests a second of wall time, the median of the rounds.</param>
/// <param name="PerCpuSecond">Requests a second of processor time, the median of the rounds.</param>
sealed record QualityRow(string Name, IReadOnlyList<double> Recall, double PerSecond, double PerCpuSecond);

/// <summary>Recall and throughput of several ways to answer the same requests.</summary>
sealed record QualityReport(string Task, int Users, int Batch, IReadOnlyList<QualityRow> Rows)
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
        var recalls = new List<IReadOnlyList<double>>();
        SplitEvaluation? evaluation = null;
        foreach (var one in cases)
        {
            evaluation = new SplitEvaluation(one.Model, data.Dataset, data.Split, how.Users);
            var asked = evaluation;
            if (asked.Users == 0) throw new InvalidDataException($"The split of '{data.Dataset.Name}' tests no user.");
            var metrics = new RankingMetrics(data.Dataset.Items.Count, [.. Cutoffs]);
            asked.Ask(
                one.Name, r => r with { K = Cutoffs[^1] },
                (user, rows, _) => metrics.Add(asked.DatasetRows(rows), asked.HeldOut(user)), progress);
            recalls.Add([.. Cutoffs.Select(metrics.Recall)]);
            progress.Done(string.Create(CultureInfo.InvariantCulture, $"Recall@20 {recalls[^1][0]:0.0000}"));
        }
        var speeds = Time(cases, evaluation!, how.Batch, how.Rounds, progress);
        return new QualityReport(
            data.Split.Test.Task, evaluation!.Users, how.Batch,
            [.. cases.Select((c, i) => new QualityRow(c.Name, recalls[i], speeds[i].PerSecond, speeds[i].PerCpuSecond))]);
    }

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["task"] = Task,
        ["users"] = Users,
        ["batch"] = Batch,
        ["rows"] = new JsonArray([.. Rows.Select(row => (JsonNode)new JsonObject
        {
            ["name"] = row.Name,
            ["recall"] = new JsonObject([.. Cutoffs.Select((k, i) =>
                KeyValuePair.Create(k.ToString(CultureInfo.InvariantCulture), (JsonNode?)row.Recall[i]))]),
            ["requestsPerSecond"] = row.PerSecond,
            ["requestsPerCpuSecond"] = row.PerCpuSecond,
        })]),
    };

    /// <summary>For a person: a table in Markdown.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(Text($"task {Task}, {Users:N0} users; throughput of k {TimedK} in batches of {Batch}, medians"));
        output.WriteLine();
        string columns = string.Join(" | ", Cutoffs.Select(k => $"Recall@{k}"));
        output.WriteLine($"| | {columns} | requests/s | requests/s of processor time |");
        output.WriteLine("|---|" + string.Concat(Enumerable.Repeat("---|", Cutoffs.Count + 2)));
        foreach (var row in Rows)
        {
            output.WriteLine(
                $"| {row.Name} | " + string.Join(" | ", row.Recall.Select(r => Text($"{r:0.0000}"))) +
                Text($" | {row.PerSecond:N0} | {row.PerCpuSecond:N0} |"));
        }
        var (first, last) = (Rows[0], Rows[^1]);
        output.WriteLine(
            "| relative | " + string.Join(" | ", first.Recall.Zip(last.Recall, (a, b) => Text($"{(b / a) - 1:+0.0 %;-0.0 %}"))) +
            Text($" | {last.PerSecond / first.PerSecond:0 %} | {last.PerCpuSecond / first.PerCpuSecond:0 %} |"));
    }

    /// <summary>Every way once in each round, after one round that does not count.</summary>
    static List<(double PerSecond, double PerCpuSecond)> Time(
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
        return [.. times.Select(t => (Median(t.Wall), Median(t.Cpu)))];
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
