using System.Diagnostics.Metrics;

namespace Argent.Model;

/// <summary>What value formulas count, as instruments of the meter <c>Argent.Model</c>.</summary>
static class ValueMetrics
{
    static readonly Meter _meter = new("Argent.Model");

    /// <summary>Values that were no finite number.</summary>
    public static Counter<long> NotFinite { get; } =
        _meter.CreateCounter<long>("argent.value.not_finite", "{value}", "Values of candidates that were no finite number and became 0.");

    /// <summary>Features without a number.</summary>
    public static Counter<long> Missing { get; } =
        _meter.CreateCounter<long>("argent.value.missing", "{feature}", "Features without a number that formulas calculated with as 0.");
}
