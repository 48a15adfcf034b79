namespace Argent.Bench;

/// <summary>How long one run took.</summary>
/// <param name="WallSeconds">By the clock on the wall.</param>
/// <param name="CpuSeconds">On all processors together.</param>
readonly record struct Timing(double WallSeconds, double CpuSeconds);

/// <summary>The clocks that runs are timed by.</summary>
/// <param name="wall">The clock on the wall.</param>
/// <param name="cpu">Processor time that this process has taken.</param>
sealed class RunClock(TimeProvider wall, Func<TimeSpan> cpu)
{
    /// <summary>The machine's clocks; the processor time is that of all threads of this process.</summary>
    public static RunClock System { get; } = new(TimeProvider.System, () => Environment.CpuUsage.TotalTime);

    /// <summary>Times one run.</summary>
    public Timing Time(Action run)
    {
        var cpuBefore = cpu();
        long before = wall.GetTimestamp();
        run();
        double seconds = wall.GetElapsedTime(before).TotalSeconds;
        return new Timing(seconds, (cpu() - cpuBefore).TotalSeconds);
    }
}
