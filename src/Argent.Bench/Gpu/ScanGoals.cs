namespace Argent.Bench;

/// <summary>The settings that a scan is measured at, and the milliseconds that are wanted of an H200 at the largest.</summary>
static class ScanGoals
{
    const long GoalItems = 80_000_000;
    const int ManyProbes = 64, LargerBatch = 4;

    static readonly GpuBenchOptions _sizes = new() { Items = GoalItems };

    /// <summary>One request, a batch, a larger batch, and a batch with more probes.</summary>
    public static IReadOnlyList<(int Batch, int Probes)> Settings(GpuBenchOptions options) =>
    [
        (1, options.Probes),
        (options.Batch, options.Probes),
        (options.Batch * LargerBatch, options.Probes),
        (options.Batch, Math.Min(ManyProbes, options.Lists)),
    ];

    /// <summary>The goal of a scan, or null where none is stated for its sizes.</summary>
    public static GoalResult? Of(GpuBenchOptions options, ScanCase scan, double milliseconds)
    {
        bool isStated = options.Items == _sizes.Items && options.Dim == _sizes.Dim && options.Lists == _sizes.Lists
            && options.Heads == _sizes.Heads && options.K == _sizes.K;
        if (!isStated) return null;
        double? wanted = (scan.Batch, scan.Probes) switch
        {
            (1, 24) => 0.18,
            (16, 24) => 1.65,
            // 17,000 requests a second.
            (64, 24) => 64 / 17.0,
            // 0.6 of the time to read each list once, 1.77 ms.
            (16, 64) => 1.77 / 0.6,
            _ => null,
        };
        return wanted is null ? null : new GoalResult
        {
            Name = FormattableString.Invariant($"80M x 128, batch {scan.Batch}, {scan.Probes} probes: scan and selection"),
            Wanted = wanted.Value,
            IsAtLeast = false,
            Unit = "ms",
            Measured = milliseconds > 0 ? milliseconds : null,
            Note = "without filters; stated for one H200",
        };
    }
}
