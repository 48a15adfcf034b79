using System.Globalization;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>A compiled filter as text: both programs with operators between their operands, and what each leaf asks.</summary>
/// <param name="Mask">Over the filter index, with leaves m0, m1, ...</param>
/// <param name="MaskLeaves">What m0, m1, ... read.</param>
/// <param name="Exact">Over the values of one item, with leaves e0, e1, ...</param>
/// <param name="Open">The part of it that the mask leaves open; TRUE when that is nothing.</param>
/// <param name="ExactLeaves">What e0, e1, ... ask.</param>
public sealed record FilterListing(
    string Mask, IReadOnlyList<string> MaskLeaves, string Exact, string Open, IReadOnlyList<string> ExactLeaves)
{
    const int ValuesShown = 8;

    internal static FilterListing Of(
        FeatureSchema schema, FilterIndexLayout? layout, FilterExpression filter, FilterProgram? program)
    {
        if (program is null) return new FilterListing("TRUE", [], "TRUE", "TRUE", []);
        var terms = Terms(schema, filter);
        return new FilterListing(
            Infix(program.MaskOps, 'm'),
            [.. program.MaskLeaves.Select(leaf => Shown(leaf, schema, layout!, terms))],
            Infix(program.ExactOps, 'e'),
            program.NeedsVerification ? Infix(program.OpenOps ?? program.ExactOps, 'e') : "TRUE",
            [.. program.ExactLeaves.Select(leaf => Shown(leaf, schema, program.Values))]);
    }

    /// <summary>Hashes are not turned back: those of the filter's own values are made again.</summary>
    static Dictionary<ulong, string> Terms(FeatureSchema schema, FilterExpression filter)
    {
        var terms = new Dictionary<ulong, string>();
        foreach (var (feature, value) in Named(filter))
        {
            bool isText = schema.Find(feature) is >= 0 and var column && !schema.Features[column].IsOrdered;
            if (isText) terms[Model.Terms.Hash(feature, value.Text)] = $"{feature} = {FilterValue.OfText(value.Text)}";
        }
        return terms;
    }

    static IEnumerable<(string Feature, FilterValue Value)> Named(FilterExpression filter) => filter switch
    {
        FilterNot not => Named(not.Operand),
        FilterGroup group => group.Operands.SelectMany(Named),
        FilterComparison compared => [(compared.Feature, compared.Value)],
        FilterMembership member => member.Values.Select(value => (member.Feature, value)),
        _ => [],
    };

    static string Shown(MaskLeaf leaf, FeatureSchema schema, FilterIndexLayout layout, Dictionary<ulong, string> terms)
    {
        if (leaf.Kind == MaskLeafKind.Bloom)
        {
            return Text($"Bloom term {leaf.Term:x16}, {layout.HashCount} rows: {terms.GetValueOrDefault(leaf.Term, "a value")}");
        }
        string not = leaf.Negated ? "NOT " : "";
        // The feature whose rows begin last before the leaf's.
        int feature = Enumerable.Range(0, layout.FirstExactRow.Length)
            .Where(f => layout.FirstExactRow[f] >= 0 && layout.FirstExactRow[f] <= leaf.Row)
            .MaxBy(f => layout.FirstExactRow[f]);
        string name = schema.Features[feature].Name;
        if (leaf.Kind == MaskLeafKind.Codes)
        {
            return Text($"{not}rows {leaf.Row} to {leaf.Row + leaf.RowCount - 1}: {name} has a code from {leaf.Low} to {leaf.High}");
        }
        string value = schema.Vocabularies[feature]![leaf.Row - layout.FirstExactRow[feature]];
        return Text($"{not}bitmap row {leaf.Row}: {name} = {FilterValue.OfText(value)}");
    }

    static string Shown(ExactLeaf leaf, FeatureSchema schema, long[] values)
    {
        var spec = schema.Features[leaf.Feature];
        string Value(long value) => schema.Vocabularies[leaf.Feature] is { } vocabulary
            ? FilterValue.OfText(vocabulary[(int)value]).ToString()
            : FeatureText.OfKey(spec.Type, value);
        switch (leaf.Kind)
        {
            case LeafKind.Exists:
                return $"{spec.Name} has a value";
            case LeafKind.Range when leaf.Low == leaf.High:
                return $"{spec.Name} is {Value(leaf.Low)}";
            case LeafKind.Range:
                string low = leaf.Low == OrderedKey.Missing + 1 ? "the least" : Value(leaf.Low);
                string high = leaf.High == long.MaxValue ? "the greatest" : Value(leaf.High);
                return $"{spec.Name} from {low} to {high}";
            default:
                var set = values.AsSpan(leaf.SetStart, Math.Min(leaf.SetCount, ValuesShown)).ToArray().Select(Value);
                string more = leaf.SetCount > ValuesShown ? Text($" and {leaf.SetCount - ValuesShown} more") : "";
                return $"{spec.Name} has {(leaf.Kind == LeafKind.HasAll ? "all" : "any")} of {string.Join(", ", set)}{more}";
        }
    }

    /// <summary>A postfix program with its operators between their operands.</summary>
    static string Infix(int[] program, char leaf)
    {
        var stack = new Stack<(string Text, int Op)>();
        foreach (int op in program)
        {
            if (op >= 0) stack.Push((Text($"{leaf}{op}"), 0));
            else if (op is FilterProgram.All or FilterProgram.None) stack.Push((op == FilterProgram.All ? "TRUE" : "FALSE", 0));
            else if (op == FilterProgram.Not) stack.Push(("NOT " + Inside(stack.Pop(), op), 0));
            else
            {
                var right = stack.Pop();
                stack.Push(($"{Inside(stack.Pop(), op)} {(op == FilterProgram.And ? "AND" : "OR")} {Inside(right, op)}", op));
            }
        }
        return stack.Pop().Text;
    }

    static string Inside((string Text, int Op) operand, int op) =>
        operand.Op == 0 || operand.Op == op ? operand.Text : $"({operand.Text})";

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
