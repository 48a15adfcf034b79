using System.Text;
using Argent.Data;
using Argent.Model;

namespace Argent.Bench.Tests;

public sealed class ReportTests
{
    [Theory]
    [InlineData(true, 5.0, 5.0, nameof(Verdict.Met))]
    [InlineData(true, 5.0, 4.999, nameof(Verdict.Short))]
    [InlineData(false, 3.5, 3.5, nameof(Verdict.Met))]
    [InlineData(false, 3.5, 3.501, nameof(Verdict.Short))]
    [InlineData(true, 5.0, double.NaN, nameof(Verdict.NotMeasured))]
    public void A_goal_is_met_at_its_bound_and_short_beyond_it(bool isAtLeast, double wanted, double measured, string verdict) =>
        Assert.Equal(verdict, Goal("g", wanted, measured, isAtLeast).Verdict.ToString());

    [Fact]
    public void What_was_not_measured_is_neither_met_nor_short() =>
        Assert.Equal(Verdict.NotMeasured, Goal("g", 1, null).Verdict);

    [Fact]
    public void Shortfalls_name_what_is_missed_and_what_was_not_shown()
    {
        var report = Sample() with
        {
            Goals = [Goal("fast", 5, 6), Goal("slow", 5, 4), Goal("absent", 5, null) with { Note = "no rival" }],
        };
        string[] lines = ReportText.Shortfalls(report).TrimEnd().Split('\n');
        Assert.Equal(
            ["short: slow: >= 5 x wanted, 4 x measured", "not measured: absent (no rival)", "1 of 3 goals are met"], lines);
    }

    [Fact]
    public void Results_come_back_from_their_file_as_they_were_written()
    {
        string folder = Directory.CreateTempSubdirectory("argent-bench-").FullName;
        try
        {
            var report = Sample();
            ResultFolder.Write(folder, report, [new BenchmarkPlot("curve", "A curve", "<svg/>")]);
            var back = ResultFolder.Read(folder);
            Assert.Equal(Encoding.UTF8.GetString(StrictJson.Write(report)), Encoding.UTF8.GetString(StrictJson.Write(back)));
            Assert.Equal(2000, back.Rows[0].PerSecond, 9);
            Assert.Equal("<svg/>", File.ReadAllText(Path.Combine(folder, "curve.svg")));
            Assert.Contains("(curve.svg)", File.ReadAllText(Path.Combine(folder, ResultFolder.TextName)), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Results_of_another_version_are_refused()
    {
        string folder = Directory.CreateTempSubdirectory("argent-bench-").FullName;
        try
        {
            ResultFolder.Write(folder, Sample() with { FormatVersion = 99 }, []);
            Assert.Contains("99", Assert.Throws<InvalidDataException>(() => ResultFolder.Read(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Tables_show_recall_beside_speed_and_each_setting()
    {
        string text = ReportText.Of(Sample());
        Assert.Contains("## Time against k", text, StringComparison.Ordinal);
        Assert.Contains("| argent | 100 |       1 | 0.9760 |     2,000 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_adds_a_row_for_each_contender()
    {
        var run = new BenchmarkRun(new BenchmarkOptions(), Progress.None);
        var wanted = BenchmarkRun.RowOf("g", 10, "queries", 1, ("k", 100)) with { Recall = 0.5 };
        var rows = run.Compare((new Fixed("ours", 0.001), wanted), (new Fixed("theirs", 0.002), wanted));
        Assert.Equal(run.Rows, rows);
        Assert.Equal(["ours", "theirs"], rows.Select(r => r.Engine));
        Assert.Equal(10_000, rows[0].PerSecond, 6);
        Assert.Equal(200, rows[1].MicrosecondsEach, 6);
        Assert.All(rows, r => Assert.Equal((5, 0.5, 100.0), (r.Rounds, r.Recall, r.Settings["k"])));
    }

    [Fact]
    public void Limits_of_this_machine_are_positive_and_all_cores_read()
    {
        Assert.SkipUnless(MachineLimits.CanMeasure, "This processor lacks AVX2 or FMA.");
        var limits = MachineLimits.Measure(2, 8 << 20, RunClock.System);
        Assert.All([limits.ReadOneCore, limits.ReadAllCores, limits.Int8Avx2, limits.Fma], l => Assert.True(l > 0 && double.IsFinite(l)));
        Assert.Equal(PeakLoops.HasVnni, limits.Int8Vnni > 0);
        Assert.True(limits.Int8Best >= limits.Int8Avx2);
    }

    static GoalResult Goal(string name, double wanted, double? measured, bool isAtLeast = true) =>
        new() { Name = name, Wanted = wanted, IsAtLeast = isAtLeast, Unit = "x", Measured = measured };

    static BenchmarkReport Sample() => new()
    {
        Benchmark = "search",
        Machine = new MachineDescription("a processor", 2, 1 << 30, "a system", "a runtime", "avx2"),
        Parameters = new Dictionary<string, string> { ["items"] = "1000" },
        Limits = new MachineLimits(1e9, 2e9, 2, 3e9, 4e9),
        Rows =
        [
            BenchmarkRun.RowOf("time against k", 10, "queries", 1, ("k", 100)) with
            {
                Engine = "argent",
                Rounds = 5,
                WallMs = 5,
                CpuMs = 4,
                WallMsLeast = 3,
                Recall = 0.976,
                Figures = new Dictionary<string, double> { ["share of read"] = 0.8 },
            },
        ],
        Goals = [Goal("fast", 5, 6), Goal("absent", 5, null)],
        Notes = ["A note."],
    };

    sealed class Fixed(string engine, double seconds) : IContender
    {
        public string Engine => engine;

        public Timing Run() => new(seconds, seconds);
    }
}
