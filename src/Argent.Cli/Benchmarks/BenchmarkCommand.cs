using System.CommandLine;
using System.Text.Json;
using Argent.Bench;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Cli;

/// <summary>One benchmark as a subcommand: the options that all share, the run, its output and its exit code.</summary>
abstract class BenchmarkCommand : ArgentCommand
{
    static readonly BenchmarkOptions _defaults = new();

    readonly Option<string?> _out = new("--out")
    {
        Description = "Folder for results.json, results.md and the plots; files of the same names are replaced.",
        HelpName = "DIR",
    };

    readonly Option<int> _rounds = Numbers.AtLeast(Rounds.CountMin, new Option<int>("--rounds")
    {
        Description = "Timed rounds; every engine runs once in each, and medians are reported.",
        HelpName = "n",
        DefaultValueFactory = _ => _defaults.Rounds,
    });

    readonly Option<bool> _quick = new("--quick") { Description = "Fewer settings, for a look; not for quoting." };

    readonly Option<bool> _check = new("--check")
    {
        Description = "Print which goals fall short; the exit code is 1 when one does, or was not measured.",
    };

    readonly Option<bool> _fresh = new("--fresh") { Description = "Publish again, although the cache has an artifact of these vectors." };

    readonly Option<string> _cache = new("--cache")
    {
        Description = "Where vectors, artifacts and the rivals' indexes are kept from run to run.",
        HelpName = "DIR",
        DefaultValueFactory = _ => BenchmarkOptions.DefaultCacheFolder,
    };

    protected BenchmarkCommand(string name, string description, string example) : base(name, description, example)
    {
        Option[] shared = [_out, _rounds, _quick, _check, _fresh, _cache];
        foreach (var option in shared) Add(option);
    }

    /// <summary>True when only a look is wanted.</summary>
    protected bool IsQuick(CommandRun run) => run.Get(_quick);

    /// <summary>True when what the cache has is made again.</summary>
    protected bool IsFresh(CommandRun run) => run.Get(_fresh);

    /// <summary>Where what is made is kept from run to run.</summary>
    protected string CacheFolder(CommandRun run) => run.Require(_cache);

    /// <summary>The benchmark that the options ask for.</summary>
    protected abstract IBenchmark Create(CommandRun run);

    /// <inheritdoc/>
    public sealed override Task<int> RunAsync(CommandRun run)
    {
        var options = new BenchmarkOptions
        {
            Rounds = run.Get(_rounds),
            Threads = run.Workers.Count,
            IsQuick = run.Get(_quick),
            IsFresh = run.Get(_fresh),
            Seed = run.Seed ?? _defaults.Seed,
            CacheFolder = run.Require(_cache),
        };
        var benchmark = Create(run);
        var measured = new BenchmarkRun(options, run.Progress);
        benchmark.Run(measured);
        var report = measured.Report(benchmark, CpuKernels.Create(run.Workers));
        run.Print(JsonSerializer.SerializeToNode(report, StrictJson.Options)!, output => output.Write(ReportText.Of(report)));
        if (run.Get(_out) is { } folder)
        {
            ResultFolder.Write(folder, report, measured.Plots);
            run.Note($"results in {folder}");
        }
        if (!run.Get(_check)) return Task.FromResult(ExitCode.Done);
        run.Terminal.Error.Write(ReportText.Shortfalls(report));
        return Task.FromResult(report.Goals.All(g => g.Verdict == Verdict.Met) ? ExitCode.Done : ExitCode.Failed);
    }
}
