using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Times work by the device's own clock: an event before and one after as many runs as fill a round, medians over rounds. A
/// run is a recorded graph, as a server's batches are, so that it does not wait for launches.
/// </summary>
sealed class GpuTimer : IDisposable
{
    // Events tick in half microseconds; a round of this length makes that small, and holds the gap before the first launch.
    const double RoundMs = 20;

    const int RunsMax = 200;

    readonly CudaEvent _start, _end;
    readonly RunClock _clock;

    /// <summary>A timer on a device.</summary>
    public GpuTimer(CudaDevice device, RunClock clock) =>
        (_start, _end, _clock) = (device.CreateEvent(isTimed: true), device.CreateEvent(isTimed: true), clock);

    /// <summary>Milliseconds of one run: of the device, and of the processor that queued it.</summary>
    public RoundTimes Measure(GpuCase work, CudaQueue on, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, Rounds.CountMin);
        // Kernels are brought to the device and clocks rise before anything counts.
        work.Run(on);
        using var graph = on.Stream.Capture(_ => work.Run(on));
        _ = Round(graph, on.Stream, 1);
        double once = Round(graph, on.Stream, 1);
        int runs = once > 0 ? (int)Math.Clamp(RoundMs / once, 1, RunsMax) : 1;
        var device = new List<double>(rounds);
        var processor = new List<double>(rounds);
        for (int round = 0; round < rounds; round++)
        {
            var timing = _clock.Time(() => device.Add(Round(graph, on.Stream, runs)));
            processor.Add(timing.CpuSeconds * 1e3 / runs);
        }
        return new RoundTimes(Rounds.Median(device), Rounds.Median(processor), device.Min(), rounds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _start.Dispose();
        _end.Dispose();
    }

    double Round(CudaGraph graph, CudaStream stream, int runs)
    {
        stream.Record(_start);
        for (int i = 0; i < runs; i++) stream.Launch(graph);
        stream.Record(_end);
        stream.Synchronize();
        return _end.MillisecondsSince(_start) / runs;
    }
}
