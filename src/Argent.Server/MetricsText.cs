using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary>Collects the instruments of every <c>Argent</c> meter and prints them in the Prometheus text format 0.0.4.</summary>
sealed class MetricsText : IDisposable
{
    // From a quarter of a millisecond to ten seconds, about a factor of two apart.
    static readonly double[] _secondsBounds =
        [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    static readonly double[] _countBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    readonly MeterListener _listener = new();
    readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _series = new();

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Argent", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public async Task WriteAsync(HttpContext context)
    {
        _listener.RecordObservableInstruments();
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(Print(), context.RequestAborted).ConfigureAwait(false);
    }

    void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var bounds = instrument.Unit == "s" ? _secondsBounds : _countBounds;
        var series = _series.GetOrAdd(instrument, _ => new()).GetOrAdd(Labels(tags), _ => new Series(bounds));
        bool replace = instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableGauge<>);
        series.Record(value, replace);
    }

    string Print()
    {
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(pair => Name(pair.Key), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var kind = Kind(group.First().Key);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {group.Key} {group.First().Key.Description}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {group.Key} {kind}\n");
            foreach (var (labels, series) in group.SelectMany(pair => pair.Value).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                series.Print(text, group.Key, labels, kind == "histogram");
            }
        }
        return text.ToString();
    }

    static string Kind(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>)) return "counter";
        return type == typeof(Histogram<>) ? "histogram" : "gauge";
    }

    static string Name(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        if (instrument.Unit == "s") name += "_seconds";
        return Kind(instrument) == "counter" ? name + "_total" : name;
    }

    static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var text = new StringBuilder();
        foreach (var tag in tags)
        {
            string value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            value = value.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : ",").Append(tag.Key.Replace('.', '_')).Append("=\"").Append(value).Append('"');
        }
        return text.ToString();
    }

    sealed class Series(double[] bounds)
    {
        readonly Lock _lock = new();
        readonly long[] _counts = new long[bounds.Length];
        double _sum;
        long _count;

        public void Record(double value, bool replace)
        {
            lock (_lock)
            {
                _sum = replace ? value : _sum + value;
                _count++;
                for (int i = 0; i < bounds.Length; i++)
                {
                    if (value <= bounds[i]) _counts[i]++;
                }
            }
        }

        public void Print(StringBuilder text, string name, string labels, bool histogram)
        {
            lock (_lock)
            {
                if (!histogram)
                {
                    Line(text, name, labels, _sum);
                    return;
                }
                string prefix = labels.Length == 0 ? "" : labels + ",";
                for (int i = 0; i < bounds.Length; i++)
                {
                    string bound = bounds[i].ToString(CultureInfo.InvariantCulture);
                    Line(text, name + "_bucket", $"{prefix}le=\"{bound}\"", _counts[i]);
                }
                Line(text, name + "_bucket", prefix + "le=\"+Inf\"", _count);
                Line(text, name + "_sum", labels, _sum);
                Line(text, name + "_count", labels, _count);
            }
        }

        static void Line(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
