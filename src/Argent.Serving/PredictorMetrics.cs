using System.Diagnostics.Metrics;
using Argent.Model;

namespace Argent.Serving;

/// <summary>What a predictor counts, as instruments of the meter <c>Argent.Serving</c>.</summary>
public sealed class PredictorMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Argent.Serving";

    readonly Meter _meter = new(MeterName);
    readonly Counter<long> _requests;
    readonly Counter<long> _failures;
    readonly Histogram<double> _latency;
    readonly Histogram<double> _queueTime;
    readonly Histogram<int> _batchSize;
    readonly Counter<long> _rankedItems;

    /// <summary>Instruments for one predictor; <paramref name="queueLength"/> is read when somebody collects.</summary>
    public PredictorMetrics(Func<int> queueLength)
    {
        _requests = _meter.CreateCounter<long>("argent.requests", "{request}", "Requests answered, by status.");
        _failures = _meter.CreateCounter<long>("argent.request.failures", "{request}", "Requests not answered, by reason.");
        _latency = _meter.CreateHistogram<double>("argent.request.duration", "s", "Time from arrival to answer.");
        _queueTime = _meter.CreateHistogram<double>("argent.queue.duration", "s", "Time from arrival to the start of the pass.");
        _batchSize = _meter.CreateHistogram<int>("argent.batch.size", "{request}", "Requests in one forward pass.");
        _rankedItems = _meter.CreateCounter<long>("argent.ranking.items", "{item}", "Items of ranking requests, by outcome.");
        _meter.CreateObservableGauge("argent.queue.length", queueLength, "{request}", "Requests that wait.");
    }

    /// <summary>Counts an answer.</summary>
    public void Answered(RetrievalStatus status, TimeSpan total, TimeSpan queued)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("status", RetrievalResponseJson.Name(status)));
        _latency.Record(total.TotalSeconds);
        _queueTime.Record(queued.TotalSeconds);
    }

    /// <summary>Counts a ranking and what became of its items.</summary>
    public void Ranked(RankingResponse response, TimeSpan total, TimeSpan queued)
    {
        ArgumentNullException.ThrowIfNull(response);
        var kind = new KeyValuePair<string, object?>("kind", "ranking");
        _requests.Add(1, new KeyValuePair<string, object?>("status", RetrievalResponseJson.Name(RetrievalStatus.Complete)), kind);
        _latency.Record(total.TotalSeconds, kind);
        _queueTime.Record(queued.TotalSeconds, kind);
        Count("scored", response.Scored);
        Count("missing", response.Missing.Count);
        Count("ineligible", response.Ineligible.Count);

        void Count(string outcome, int items) => _rankedItems.Add(items, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>Counts a request without an answer.</summary>
    public void Failed(string reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Counts a forward pass.</summary>
    public void Batch(int size) => _batchSize.Record(size);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
