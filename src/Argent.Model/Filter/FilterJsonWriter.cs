using System.Text;
using System.Text.Json;

namespace Argent.Model;

/// <summary>Writes filters in JSON, one object for each node.</summary>
sealed class FilterJsonWriter(Utf8JsonWriter json)
{
    // Names of features that would be read as something else are written with this before them, and so are those that
    // begin with it.
    const char Escape = '\\';

    static readonly JsonWriterOptions _options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = int.MaxValue,
    };

    /// <summary>A filter in JSON.</summary>
    public static string Write(FilterExpression filter)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, _options))
        {
            var writer = new FilterJsonWriter(json);
            if (filter is FilterConstant) writer.Group("must", [filter]);
            else writer.Condition(filter);
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>The feature that a member of an object names.</summary>
    public static string FeatureOf(string member) => member.StartsWith(Escape) ? member[1..] : member;

    static string MemberOf(string feature) =>
        feature is "must" or "should" or "must_not" || feature.StartsWith(Escape) ? Escape + feature : feature;

    void Condition(FilterExpression filter)
    {
        switch (filter)
        {
            case FilterConstant constant:
                json.WriteBooleanValue(constant.Value);
                break;
            case FilterNot not:
                Group("must_not", [not.Operand]);
                break;
            case FilterGroup group:
                Group(group is FilterAnd ? "must" : "should", group.Operands);
                break;
            case FilterLeaf leaf:
                json.WriteStartObject();
                json.WritePropertyName(MemberOf(leaf.Feature));
                Leaf(leaf);
                json.WriteEndObject();
                break;
        }
    }

    void Group(string name, IEnumerable<FilterExpression> operands)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var operand in operands) Condition(operand);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    void Leaf(FilterLeaf leaf)
    {
        if (leaf is FilterMembership { All: false } member)
        {
            List(member.Values);
            return;
        }
        json.WriteStartObject();
        switch (leaf)
        {
            case FilterComparison compared:
                json.WritePropertyName(Name(compared.Operator));
                Value(compared.Value);
                break;
            case FilterBetween between:
                json.WritePropertyName("between");
                List([between.Low, between.High]);
                break;
            case FilterMembership all:
                json.WritePropertyName("all");
                List(all.Values);
                break;
            default:
                json.WriteBoolean("exists", true);
                break;
        }
        json.WriteEndObject();
    }

    static string Name(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Equal => "eq",
        FilterOperator.Less => "lt",
        FilterOperator.LessOrEqual => "lte",
        FilterOperator.Greater => "gt",
        _ => "gte",
    };

    void List(IEnumerable<FilterValue> values)
    {
        json.WriteStartArray();
        foreach (var value in values) Value(value);
        json.WriteEndArray();
    }

    void Value(FilterValue value)
    {
        if (value.Kind == FilterValueKind.Text) json.WriteStringValue(value.Text);
        else if (value.Kind == FilterValueKind.Date) Marked("date", value.Text);
        else if (IsJsonNumber(value.Text)) json.WriteRawValue(value.Text);
        else Marked("number", value.Text);
    }

    void Marked(string kind, string text)
    {
        json.WriteStartObject();
        json.WriteString(kind, text);
        json.WriteEndObject();
    }

    /// <summary>JSON has digits before and after a point, and no 0 before other digits.</summary>
    static bool IsJsonNumber(string text)
    {
        var number = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        int point = number.IndexOf('.');
        bool isWhole = point < 0 || (point + 1 < number.Length && char.IsAsciiDigit(number[point + 1]));
        return isWhole && char.IsAsciiDigit(number[0]) && !(number.Length > 1 && number[0] == '0' && char.IsAsciiDigit(number[1]));
    }
}
