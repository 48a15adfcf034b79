using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// A GPU's own limits and the kernels on it, one after the other, over data that is made there: milliseconds by the device's
/// clock beside the bytes that each of them must move, and their share of the bandwidth of a copy.
/// </summary>
/// <param name="ordinal">The GPU's number.</param>
/// <param name="options">Sizes.</param>
sealed class GpuBenchmark(int ordinal, GpuBenchOptions options) : IBenchmark
{
    /// <summary>Bytes counted of a run.</summary>
    public const string BytesFigure = "bytes";

    /// <summary>Share of the bandwidth of a copy.</summary>
    public const string ShareFigure = "of copy";

    readonly List<(string Name, string Value)> _parameters = [];

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => _parameters;

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        using var device = CudaDriver.Load().Open(ordinal);
        using var library = CublasLt.Load(device);
        Describe(device, library);
        var cases = Cases(options.Checked(), library, run.Options.Seed);
        long bytes = Plan(cases, device.FreeBytes);
        using var modules = CudaModules.Load(device);
        using var stream = device.CreateStream();
        using var memory = device.Allocate(bytes);
        using var timer = new GpuTimer(device, run.Clock);
        var on = new CudaQueue(modules, stream);
        double copied = 0;
        run.Progress.Step("measure the GPU", cases.Count, "cases");
        foreach (var work in cases)
        {
            memory.Reset();
            work.Rent(new GpuArena(memory));
            work.Fill(on, run.Options.Seed);
            stream.Synchronize();
            var times = timer.Measure(work, on, run.Options.Rounds);
            if (copied == 0) copied = work.Bytes / times.WallMs;
            run.Add(Row(work, times, copied));
            if (work is ScanCase scan && ScanGoals.Of(options, scan, times.WallMs) is { } goal) run.Add(goal);
            run.Progress.Advance(1);
        }
        run.Note("Times are the device's own, between two events around the runs of a round, each a recorded graph; medians over rounds.");
        run.Note("'scan' is plan, scores and selection over full lists that were drawn at random; nothing is filtered.");
        run.Note("Bytes are counted: each input read once, each output written once. Over inputs that fit the device's L2 cache "
            + "the runs after the first read them there, and the share can pass 1.");
    }

    /// <summary>The most bytes that a case needs.</summary>
    /// <exception cref="InvalidDataException">One of them does not fit; the message has the arithmetic.</exception>
    static long Plan(IReadOnlyList<GpuCase> cases, long free)
    {
        long most = 0;
        foreach (var work in cases)
        {
            var planned = DeviceMemory.Planned();
            var arena = new GpuArena(planned);
            work.Rent(arena);
            if (planned.PeakBytes > free)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{work.Name}' does not fit the GPU: {arena.Sum}, and {free:N0} are free; ask for smaller sizes."));
            }
            most = Math.Max(most, planned.PeakBytes);
        }
        return most;
    }

    static List<GpuCase> Cases(GpuBenchOptions options, CublasLt library, ulong seed) =>
    [
        // First: what the others are a share of.
        new CopyCase(options),
        new MatrixCase(options, library),
        new ProbeCase(options),
        new SelectCase(options),
        .. ScanGoals.Settings(options).Select(s => new ScanCase(options, s.Batch, s.Probes, seed)),
        new GatherCase(options),
        new CandidatesCase(options),
        new NearestCase(options),
        new QuantizeCase(options),
    ];

    static BenchmarkRow Row(GpuCase work, RoundTimes times, double copied)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { [BytesFigure] = work.Bytes };
        // A device that keeps no time has no rates.
        if (times.WallMs > 0)
        {
            figures.Add("GB/s", work.Bytes / times.WallMs / 1e6);
            figures.Add(ShareFigure, work.Bytes / times.WallMs / copied);
            if (work.Operations > 0) figures.Add("TFLOP/s", work.Operations / times.WallMs / 1e9);
        }
        return BenchmarkRun.RowOf("the device", 1, "runs", 1, [.. work.Settings]) with
        {
            Engine = work.Name,
            Rounds = times.Count,
            WallMs = times.WallMs,
            CpuMs = times.CpuMs,
            WallMsLeast = times.WallMsLeast,
            Figures = figures,
        };
    }

    void Describe(CudaDevice device, CublasLt library)
    {
        var found = device.Description;
        _parameters.Add(("GPU", string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Name}, capability {found.Capability}, {found.Multiprocessors} multiprocessors, "
            + $"{found.MemoryBytes / 1e9:0.0} GB, L2 {found.L2Bytes / 1e6:0} MB")));
        _parameters.Add(("CUDA", $"driver {device.Driver.Version}, cuBLASLt {library.Version}"));
    }
}
