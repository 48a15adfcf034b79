using System.Text.Json;
using Argent.Model;

namespace Argent.Serving;

/// <summary>Writes explanations as JSON: one shape for HTTP answers and the command line.</summary>
public static class ExplanationJson
{
    /// <summary>What a writer needs: a formula of 1,024 steps may nest a level for each.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        MaxDepth = 4 * ValueLimits.StepsMax,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one explanation as an object.</summary>
    public static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(explanation);
        json.WriteStartObject();
        json.WriteString("item", explanation.Item);
        if (explanation.Title is not null) json.WriteString("title", explanation.Title);
        json.WriteString("verdict", Name(explanation.Verdict));
        WriteNumber(json, "rank", explanation.Rank);
        WriteBoolean(json, "live", explanation.IsLive);
        json.WriteBoolean("excluded", explanation.IsExcluded);
        WriteBoolean(json, "inOnly", explanation.IsInOnly);
        WriteFilter(json, explanation.Filter);
        WriteNumber(json, "list", explanation.List);
        json.WriteStartArray("heads");
        foreach (var head in explanation.Heads) WriteHead(json, head);
        json.WriteEndArray();
        json.WriteBoolean("merged", explanation.IsMerged);
        WriteValue(json, explanation.Value);
        WriteBlend(json, explanation.Blend);
        WriteSearch(json, explanation.Search);
        WriteChange(json, explanation.Change);
        json.WriteBoolean("changeLate", explanation.IsChangeLate);
        if (explanation.Snapshot is not null) json.WriteString("snapshot", explanation.Snapshot);
        json.WriteNumber("watermark", explanation.Watermark);
        json.WriteEndObject();
    }

    /// <summary>The name of a verdict in JSON.</summary>
    public static string Name(ItemVerdict verdict) => JsonNamingPolicy.CamelCase.ConvertName(verdict.ToString());

    /// <summary>Writes what is known of a request's funnel as an object.</summary>
    internal static void Write(Utf8JsonWriter json, AnswerExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteNumber("nprobe", explanation.NProbe);
        json.WriteNumber("lists", explanation.NList);
        json.WriteNumber("keptPerHead", explanation.Kept);
        json.WriteNumber("mergedMost", explanation.MergedMost);
        json.WriteString("blend", explanation.Blend);
        json.WriteEndObject();
    }

    /// <summary>Writes how one item came into an answer as an object.</summary>
    internal static void Write(Utf8JsonWriter json, AnswerItemExplanation item)
    {
        json.WriteStartObject();
        json.WriteNumber("list", item.List);
        json.WriteStartArray("heads");
        foreach (var head in item.Heads)
        {
            json.WriteStartObject();
            json.WriteString("task", head.Task);
            json.WriteNumber("listRank", head.ListRank);
            WriteNumber(json, "codeScore", head.CodeScore);
            WriteNumber(json, "score", head.Score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteNumber(json, "value", item.Value);
        json.WriteEndObject();
    }

    static void WriteFilter(Utf8JsonWriter json, ExplainedFilter? filter)
    {
        if (filter is null)
        {
            json.WriteNull("filter");
            return;
        }
        json.WriteStartObject("filter");
        json.WriteBoolean("matches", filter.IsTrue);
        WriteBoolean(json, "passesMask", filter.PassesMask);
        json.WriteBoolean("falsePositive", filter.IsFalsePositive);
        json.WriteStartArray("failing");
        foreach (var leaf in filter.Failing) WriteCondition(json, leaf);
        json.WriteEndArray();
        json.WritePropertyName("tree");
        WriteCondition(json, filter.Root);
        json.WriteEndObject();
    }

    static void WriteCondition(Utf8JsonWriter json, ExplainedCondition condition)
    {
        json.WriteStartObject();
        json.WriteString("text", condition.Text);
        json.WriteBoolean("isTrue", condition.IsTrue);
        json.WriteStartObject("position");
        json.WriteNumber("line", condition.Position.Line);
        json.WriteNumber("column", condition.Position.Column);
        json.WriteEndObject();
        if (condition.Feature is not null)
        {
            json.WriteString("feature", condition.Feature);
            json.WriteStartArray("values");
            foreach (string value in condition.Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        if (condition.Operands.Count > 0)
        {
            json.WriteStartArray("operands");
            foreach (var operand in condition.Operands) WriteCondition(json, operand);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void WriteHead(Utf8JsonWriter json, ExplainedHead head)
    {
        json.WriteStartObject();
        json.WriteString("task", head.Task);
        json.WriteNumber("listRank", head.ListRank);
        json.WriteBoolean("scanned", head.IsScanned);
        WriteNumber(json, "codeScore", head.CodeScore);
        json.WriteNumber("scanRank", head.ScanRank);
        json.WriteNumber("eligible", head.Eligible);
        json.WriteBoolean("kept", head.IsKept);
        json.WriteEndObject();
    }

    static void WriteValue(Utf8JsonWriter json, ExplainedValue? value)
    {
        if (value is null)
        {
            json.WriteNull("value");
            return;
        }
        json.WriteStartObject("value");
        WriteNumber(json, "value", value.Value);
        json.WriteNumber("rank", value.Rank);
        json.WriteStartArray("tasks");
        foreach (var task in value.Tasks)
        {
            json.WriteStartObject();
            json.WriteString("task", task.Task);
            WriteNumber(json, "score", task.Score);
            WriteNumber(json, "value", task.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("formula");
        WriteTerm(json, value.Formula);
        json.WriteEndObject();
    }

    static void WriteTerm(Utf8JsonWriter json, ExplainedTerm term)
    {
        json.WriteStartObject();
        json.WriteString("text", term.Text);
        WriteNumber(json, "value", term.Value);
        if (term.Operands.Count > 0)
        {
            json.WriteStartArray("operands");
            foreach (var operand in term.Operands) WriteTerm(json, operand);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void WriteBlend(Utf8JsonWriter json, ExplainedBlend? blend)
    {
        if (blend is null)
        {
            json.WriteNull("blend");
            return;
        }
        json.WriteStartObject("blend");
        json.WriteString("kind", blend.Kind);
        json.WriteNumber("rankBefore", blend.RankBefore);
        WriteNumber(json, "rankAfter", blend.RankAfter);
        if (blend.By is not null) json.WriteString("by", blend.By);
        json.WriteEndObject();
    }

    static void WriteSearch(Utf8JsonWriter json, ExplainedSearch search)
    {
        json.WriteStartObject("search");
        json.WriteNumber("k", search.K);
        json.WriteNumber("nprobe", search.NProbe);
        json.WriteNumber("probes", search.Probes);
        json.WriteNumber("lists", search.NList);
        json.WriteBoolean("onlyLists", search.IsOnlyLists);
        json.WriteNumber("keptPerHead", search.Kept);
        WriteNumber(json, "merged", search.Merged);
        json.WriteNumber("eligibleSeen", search.EligibleSeen);
        json.WriteNumber("returned", search.Returned);
        if (search.LastValue is { } last) WriteNumber(json, "lastValue", last);
        else json.WriteNull("lastValue");
        json.WriteString("status", RetrievalResponseJson.Name(search.Status));
        json.WriteEndObject();
    }

    static void WriteChange(Utf8JsonWriter json, ServingChange? change)
    {
        if (change is null)
        {
            json.WriteNull("change");
            return;
        }
        json.WriteStartObject("change");
        json.WriteNumber("rank", change.Rank);
        json.WriteStartArray("steps");
        foreach (var step in change.Steps)
        {
            json.WriteStartObject();
            json.WriteString("field", step.Field);
            json.WriteString("value", step.Value);
            json.WriteString("leads", Name(step.Leads));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteBoolean(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known) json.WriteBoolean(name, known);
        else json.WriteNull(name);
    }

    static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    // JSON has no infinities and no NaN.
    static void WriteNumber(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
