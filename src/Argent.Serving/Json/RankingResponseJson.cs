using System.Text.Json;
using Argent.Model;

namespace Argent.Serving;

/// <summary>Writes ranking responses as JSON: one shape for HTTP answers and batch files.</summary>
public static class RankingResponseJson
{
    // An answer of 200,000 items takes some 20 MB: it leaves in pieces.
    const int FlushBytes = 64 << 10;

    static readonly JsonEncodedText _id = JsonEncodedText.Encode("id");
    static readonly JsonEncodedText _score = JsonEncodedText.Encode("score");
    static readonly JsonEncodedText _tasks = JsonEncodedText.Encode("tasks");

    /// <summary>Writes one response as an object, and flushes the writer to its stream whenever a piece is full.</summary>
    /// <param name="json">Where to; it writes to a stream.</param>
    /// <param name="response">What.</param>
    /// <param name="tasks">The model's tasks, in the order of each item's task scores.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static async Task WriteAsync(
        Utf8JsonWriter json, RankingResponse response, IReadOnlyList<string> tasks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(response);
        JsonEncodedText[] names = [.. tasks.Select(task => JsonEncodedText.Encode(task))];
        json.WriteStartObject();
        json.WriteStartArray("items");
        for (int i = 0; i < response.Items.Count; i++)
        {
            WriteItem(json, response.Items[i], names);
            if (json.BytesPending >= FlushBytes) await json.FlushAsync(cancellation).ConfigureAwait(false);
        }
        json.WriteEndArray();
        await WriteIdsAsync(json, "missing", response.Missing, cancellation).ConfigureAwait(false);
        await WriteIdsAsync(json, "ineligible", response.Ineligible, cancellation).ConfigureAwait(false);
        WriteEnd(json, response);
        await json.FlushAsync(cancellation).ConfigureAwait(false);
    }

    static void WriteItem(Utf8JsonWriter json, in RankedItem item, JsonEncodedText[] tasks)
    {
        json.WriteStartObject();
        json.WriteString(_id, item.Id);
        WriteNumber(json, _score, item.Score);
        json.WriteStartObject(_tasks);
        var values = item.Tasks.Span;
        for (int t = 0; t < tasks.Length; t++) WriteNumber(json, tasks[t], values[t]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static async Task WriteIdsAsync(Utf8JsonWriter json, string name, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        json.WriteStartArray(name);
        foreach (string id in ids)
        {
            json.WriteStringValue(id);
            if (json.BytesPending >= FlushBytes) await json.FlushAsync(cancellation).ConfigureAwait(false);
        }
        json.WriteEndArray();
    }

    static void WriteEnd(Utf8JsonWriter json, RankingResponse response)
    {
        json.WriteStartObject("counts");
        json.WriteNumber("scored", response.Scored);
        json.WriteNumber("missing", response.Missing.Count);
        json.WriteNumber("ineligible", response.Ineligible.Count);
        json.WriteEndObject();
        json.WriteString("snapshot", response.Snapshot);
        json.WriteNumber("watermark", response.Watermark);
        json.WriteStartObject("timingUs");
        json.WriteNumber("queue", response.TimingUs.Queue);
        json.WriteNumber("userTower", response.TimingUs.UserTower);
        json.WriteNumber("items", response.TimingUs.Items);
        json.WriteNumber("overArch", response.TimingUs.OverArch);
        json.WriteNumber("total", response.TimingUs.Total);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // JSON has no infinities; a score that is not finite is shown as null.
    static void WriteNumber(Utf8JsonWriter json, JsonEncodedText name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
