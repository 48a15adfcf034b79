using System.Globalization;

namespace Argent.Model;

/// <summary>Puts the features of one user into a formula.</summary>
sealed class UserBinding(IReadOnlyDictionary<string, string>? user, ValueTypes types)
{
    /// <summary>Features that were calculated with and are missing or no numbers.</summary>
    public int Missing { get; private set; }

    /// <summary>The formula without anything open.</summary>
    public ValueNode Bind(ValueNode node) => node switch
    {
        StepNode step => new StepNode(step.Position, step.Op, [.. step.Operands.Select(Bind)]),
        UserNumberNode number => Number(number),
        UserTextNode text => Truth(text, Text(text.Name) is { } value && text.Texts.Contains(value, StringComparer.Ordinal)),
        UserPairNode pair => Truth(pair, Text(pair.Name) is { } value && value == Text(pair.Other)),
        UserExistsNode exists => Truth(exists, Text(exists.Name) is not null),
        UserMatchNode match => Text(match.Name) is { } value
            ? types.Matches(match.Position, match.Feature, [value])
            : Truth(match, false),
        _ => node,
    };

    NumberNode Number(UserNumberNode node)
    {
        if (float.TryParse(Text(node.Name), NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value))
        {
            return new NumberNode(node.Position, value);
        }
        if (!node.IsCompared) Missing++;
        return new NumberNode(node.Position, node.IsCompared ? float.NaN : 0f);
    }

    static NumberNode Truth(ValueNode node, bool isTrue) => new(node.Position, isTrue ? 1f : 0f);

    string? Text(string name) => user is not null && user.TryGetValue(name, out string? text) ? text : null;
}
