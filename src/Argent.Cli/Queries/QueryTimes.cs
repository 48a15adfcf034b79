using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Argent.Cli;

/// <summary>How long requests took that were answered in batches: a request takes as long as its batch.</summary>
sealed class QueryTimes
{
    readonly List<(double Milliseconds, int Requests)> _batches = [];
    readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Requests that were answered.</summary>
    public int Requests { get; private set; }

    /// <summary>A batch of <paramref name="requests"/> requests that began at <paramref name="start"/> has its answers.</summary>
    public void Add(long start, int requests)
    {
        _batches.Add((Stopwatch.GetElapsedTime(start).TotalMilliseconds, requests));
        Requests += requests;
    }

    /// <summary>Throughput and latency as a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Requests:N0} requests in {Seconds:0.00} s: {Rate:N0} requests/s; latency of a batch: ") +
        string.Create(CultureInfo.InvariantCulture,
            $"p50 {Percentile(0.5):0.00} ms, p95 {Percentile(0.95):0.00} ms, p99 {Percentile(0.99):0.00} ms");

    /// <summary>Throughput and latency as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["requests"] = Requests,
        ["seconds"] = Seconds,
        ["requestsPerSecond"] = Rate,
        ["latencyMs"] = new JsonObject { ["p50"] = Percentile(0.5), ["p95"] = Percentile(0.95), ["p99"] = Percentile(0.99) },
    };

    double Seconds => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    double Rate => Seconds > 0 ? Requests / Seconds : 0;

    double Percentile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Requests)), seen = 0;
        foreach (var (milliseconds, requests) in _batches.OrderBy(b => b.Milliseconds))
        {
            seen += requests;
            if (seen >= wanted) return milliseconds;
        }
        return 0;
    }
}
