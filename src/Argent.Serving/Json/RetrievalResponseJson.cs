using System.Text.Json;
using Argent.Model;

namespace Argent.Serving;

/// <summary>Writes retrieval responses as JSON: one shape for HTTP answers and batch files.</summary>
public static class RetrievalResponseJson
{
    /// <summary>Writes one response as an object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="response">What.</param>
    /// <param name="tasks">The model's tasks, in the order of each item's task scores.</param>
    public static void Write(Utf8JsonWriter json, RetrievalResponse response, IReadOnlyList<string> tasks)
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        for (int i = 0; i < response.Items.Count; i++)
        {
            WriteItem(json, response.Items[i], tasks, response.Explanation?.Items[i]);
        }
        json.WriteEndArray();
        json.WriteString("status", Name(response.Status));
        json.WriteNumber("eligibleSeen", response.EligibleSeen);
        json.WriteNumber("probes", response.Probes);
        json.WriteString("snapshot", response.Snapshot);
        json.WriteNumber("watermark", response.Watermark);
        json.WriteStartObject("coverage");
        json.WriteBoolean("complete", response.Status != RetrievalStatus.Deadline);
        json.WriteStartArray("degraded");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("timingUs");
        json.WriteNumber("queue", response.TimingUs.Queue);
        json.WriteNumber("userTower", response.TimingUs.UserTower);
        json.WriteNumber("scan", response.TimingUs.Scan);
        json.WriteNumber("overArch", response.TimingUs.OverArch);
        json.WriteNumber("total", response.TimingUs.Total);
        json.WriteEndObject();
        if (response.Explanation is { } explanation)
        {
            json.WritePropertyName("explain");
            ExplanationJson.Write(json, explanation);
        }
        json.WriteEndObject();
    }

    /// <summary>The name of a status on the wire.</summary>
    public static string Name(RetrievalStatus status) => status switch
    {
        RetrievalStatus.Complete => "complete",
        RetrievalStatus.Exhausted => "exhausted",
        RetrievalStatus.Deadline => "deadline",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };

    static void WriteItem(
        Utf8JsonWriter json, in RetrievedItem item, IReadOnlyList<string> tasks, AnswerItemExplanation? explanation)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Id);
        if (item.Title is not null) json.WriteString("title", item.Title);
        WriteNumber(json, "score", item.Score);
        json.WriteStartObject("tasks");
        for (int t = 0; t < tasks.Count; t++) WriteNumber(json, tasks[t], item.Tasks[t]);
        json.WriteEndObject();
        if (item.Move is { } move)
        {
            json.WriteStartObject("blend");
            json.WriteNumber("rank", move.Rank);
            if (move.By is not null) json.WriteString("by", move.By);
            json.WriteEndObject();
        }
        if (explanation is not null)
        {
            json.WritePropertyName("explain");
            ExplanationJson.Write(json, explanation);
        }
        json.WriteEndObject();
    }

    // JSON has no infinities; a score that is not finite is shown as null.
    static void WriteNumber(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
