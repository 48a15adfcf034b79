using System.Globalization;
using System.Text;

namespace Argent.Bench;

/// <summary>A report as Markdown whose tables are aligned, so that it reads as well in a terminal as on a page.</summary>
static class ReportText
{
    /// <summary>The whole report.</summary>
    public static string Of(BenchmarkReport report)
    {
        var text = new StringBuilder();
        // A benchmark of another command than bench says which.
        string command = report.Benchmark.Contains(' ', StringComparison.Ordinal) ? report.Benchmark : "bench " + report.Benchmark;
        text.Append(CultureInfo.InvariantCulture, $"# argent {command}\n\n");
        Machine(report, text);
        foreach (var group in report.Rows.GroupBy(r => r.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {Capital(group.Key)}\n\n");
            Rows([.. group], text);
        }
        if (report.Goals.Count > 0)
        {
            text.Append("\n## Goals\n\n");
            Goals(report.Goals, text);
        }
        if (report.Notes.Count > 0) text.Append("\n## Notes\n\n");
        foreach (string note in report.Notes) text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        return text.ToString();
    }

    /// <summary>What falls short, a line each; what was not measured too, since it was not shown to hold.</summary>
    public static string Shortfalls(BenchmarkReport report)
    {
        var text = new StringBuilder();
        foreach (var goal in report.Goals.Where(g => g.Verdict == Verdict.Short))
        {
            text.Append(CultureInfo.InvariantCulture, $"short: {goal.Name}: {Bound(goal)} wanted, {Figure(goal)} measured\n");
        }
        foreach (var goal in report.Goals.Where(g => g.Verdict == Verdict.NotMeasured))
        {
            text.Append(CultureInfo.InvariantCulture, $"not measured: {goal.Name}{(goal.Note is null ? "" : $" ({goal.Note})")}\n");
        }
        int met = report.Goals.Count(g => g.Verdict == Verdict.Met);
        text.Append(CultureInfo.InvariantCulture, $"{met} of {report.Goals.Count} goals are met\n");
        return text.ToString();
    }

    static void Machine(BenchmarkReport report, StringBuilder text)
    {
        var machine = report.Machine;
        var table = new TextTable("what", "figure");
        table.Add("processor", Invariant($"{machine.Processor}, {machine.Processors} processors, {machine.MemoryBytes / 1e9:0.0} GB"));
        table.Add("software", $"{machine.System}; {machine.Runtime}; kernels: {machine.Kernels}");
        if (report.Limits is { } limits)
        {
            table.Add("memory read, one core", Invariant($"{limits.ReadOneCore / 1e9:0.0} GB/s"));
            table.Add($"memory read, {limits.Threads} cores", Invariant($"{limits.ReadAllCores / 1e9:0.0} GB/s"));
            table.Add("exact int8, AVX2, one core", Invariant($"{limits.Int8Avx2 / 1e9:0.0} G multiply-adds/s"));
            if (limits.Int8Vnni is { } vnni) table.Add("exact int8, VNNI, one core", Invariant($"{vnni / 1e9:0.0} G multiply-adds/s"));
            table.Add("float FMA, one core", Invariant($"{limits.Fma / 1e9:0.0} GFLOP/s"));
        }
        foreach (var (name, value) in report.Parameters) table.Add(name, value);
        text.Append(table);
    }

    static void Rows(IReadOnlyList<BenchmarkRow> rows, StringBuilder text)
    {
        string[] settings = [.. rows.SelectMany(r => r.Settings.Keys).Distinct()];
        string[] figures = [.. rows.SelectMany(r => r.Figures.Keys).Distinct()];
        bool hasRecall = rows.Any(r => r.Recall is not null);
        var table = new TextTable(
            ["engine", .. settings, "threads", .. hasRecall ? ["recall"] : Array.Empty<string>(),
                rows[0].Unit + "/s", "us each", "cpu us", "rounds", .. figures]);
        foreach (var row in rows)
        {
            table.Add(
            [
                row.Engine,
                .. settings.Select(s => row.Settings.TryGetValue(s, out double value) ? Number(value) : ""),
                Number(row.Threads),
                .. hasRecall ? [row.Recall is { } recall ? Invariant($"{recall:0.0000}") : ""] : Array.Empty<string>(),
                Number(row.PerSecond),
                Number(row.MicrosecondsEach),
                Number(row.Units > 0 ? row.CpuMs * 1e3 / row.Units : 0),
                Number(row.Rounds),
                .. figures.Select(f => row.Figures.TryGetValue(f, out double value) ? Number(value) : ""),
            ]);
        }
        text.Append(table);
    }

    static void Goals(IReadOnlyList<GoalResult> goals, StringBuilder text)
    {
        var table = new TextTable("goal", "wanted", "measured", "verdict", "note");
        foreach (var goal in goals)
        {
            string verdict = goal.Verdict switch { Verdict.Met => "met", Verdict.Short => "SHORT", _ => "not measured" };
            table.Add(goal.Name, Bound(goal), Figure(goal), verdict, goal.Note ?? "");
        }
        text.Append(table);
    }

    static string Bound(GoalResult goal) => $"{(goal.IsAtLeast ? ">=" : "<=")} {Number(goal.Wanted)} {goal.Unit}";

    static string Figure(GoalResult goal) => goal.Verdict == Verdict.NotMeasured ? "" : $"{Number(goal.Measured!.Value)} {goal.Unit}";

    /// <summary>About four digits that count, whatever the size.</summary>
    static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => Invariant($"{value:N0}"),
        >= 100 => Invariant($"{value:0.#}"),
        >= 1 => Invariant($"{value:0.##}"),
        _ => Invariant($"{value:0.####}"),
    };

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
