using System.Text.Json;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// The JSON form of a formula: <c>let</c> names parts for everything after them, <c>rules</c> is the sum of what each rule
/// gives, <c>score</c> is the formula.
/// </summary>
static class ValueDocument
{
    static readonly string[] _keys = ["let", "rules", "score"], _ruleKeys = ["if", "then", "else"];

    /// <summary>Whether a text is in the JSON form.</summary>
    public static bool IsJson(string text) => text.AsSpan().TrimStart() is ['{', ..];

    /// <summary>The tree of a JSON object.</summary>
    public static ValueNode Parse(string text, ValueNames names)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return Read(document.RootElement, names);
        }
        catch (JsonException e)
        {
            var position = new TextPosition((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
            throw new ValueException(position, "The formula starts like JSON and is not: " + e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new ValueException(TextPosition.Start, "The formula holds text that is not valid Unicode.");
        }
    }

    static ValueNode Read(JsonElement root, ValueNames names)
    {
        CheckKeys(root, "", _keys);
        if (root.TryGetProperty("let", out var lets))
        {
            if (lets.ValueKind != JsonValueKind.Object) throw Wrong("let", "must be an object of names and formulas");
            foreach (var let in lets.EnumerateObject())
            {
                string place = "let." + Quotation.Cut(let.Name);
                At(place, () => names.Let(let.Name, Expression(let.Value, place, names)));
            }
        }
        if (root.TryGetProperty("rules", out var rules)) names.Define("rules", Rules(rules, names));
        return root.TryGetProperty("score", out var score)
            ? Expression(score, "score", names)
            : throw Wrong("score", "is missing: it is the formula");
    }

    static ValueNode Rules(JsonElement rules, ValueNames names)
    {
        if (rules.ValueKind != JsonValueKind.Array) throw Wrong("rules", "must be a list of rules");
        var types = new ValueTypes(names.Schema);
        ValueNode? sum = null;
        int i = 0;
        foreach (var rule in rules.EnumerateArray())
        {
            string place = $"rules[{i++}]";
            var node = Rule(rule, place, names, types);
            At(place, () => sum = sum is null ? node : types.Step(TextPosition.Start, FormulaOp.Add, sum, node));
        }
        return sum ?? new NumberNode(TextPosition.Start, 0f);
    }

    static ValueNode Rule(JsonElement rule, string place, ValueNames names, ValueTypes types)
    {
        CheckKeys(rule, place, _ruleKeys);
        var condition = Part("if") ?? throw Wrong(place + ".if", "is missing: a rule needs a condition");
        var then = Part("then") ?? throw Wrong(place + ".then", "is missing: a rule needs what it gives");
        var otherwise = Part("else") ?? new NumberNode(TextPosition.Start, 0f);
        ValueNode node = condition;
        At(place, () => node = types.Step(TextPosition.Start, FormulaOp.Select, condition, then, otherwise));
        return node;

        ValueNode? Part(string key)
        {
            if (!rule.TryGetProperty(key, out var value)) return null;
            string at = $"{place}.{key}";
            var part = Expression(value, at, names);
            At(at, () => part = types.Number(part));
            return part;
        }
    }

    static ValueNode Expression(JsonElement value, string place, ValueNames names)
    {
        string text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw Wrong(place, "must be a formula as text, or a number"),
        };
        ValueNode? node = null;
        At(place, () => node = new FormulaParser(text, names).Parse());
        return node!;
    }

    static void CheckKeys(JsonElement element, string place, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Wrong(place, "must be an object");
        foreach (var member in element.EnumerateObject())
        {
            if (known.Contains(member.Name, StringComparer.Ordinal)) continue;
            throw Wrong(place, $"has the unknown key {Quotation.Shown(member.Name)}.{Suggestion.Offer(member.Name, known)}"
                + $" The keys are {string.Join(", ", known)}");
        }
    }

    static void At(string place, Action inside)
    {
        try
        {
            inside();
        }
        catch (ValueException e) when (e.Place.Length == 0)
        {
            throw new ValueException(e.Position, e.Reason, place);
        }
    }

    static ValueException Wrong(string place, string why)
    {
        string subject = place.Length == 0 ? "The formula" : Quotation.Cut(place);
        return new(TextPosition.Start, $"{subject} {why}.", place.Length == 0 ? "JSON" : place);
    }
}
