using System.Globalization;
using Argent.Model;
using Argent.Serving;

namespace Argent.Cli;

/// <summary>An explanation as a story: one line for each stage of the item's way.</summary>
sealed class ExplanationText(TextWriter output, Explanation item)
{
    // A filter of more nodes is shown by the leaves that fail.
    const int NodesMax = 16;

    /// <summary>Writes it.</summary>
    public void Write()
    {
        string title = item.Title is null ? "" : $" ({item.Title})";
        output.WriteLine($"Item {item.Item}{title}: {Sentence()}");
        if (item.IsLive is { } live) Line("index", live ? $"live, in list {item.List}" : "not live");
        if (item.IsExcluded) Line("exclude", "names the item");
        if (item.IsInOnly is { } isIn) Line("only", isIn ? "names the item" : "does not name the item");
        if (item.Filter is { } filter) WriteFilter(filter);
        foreach (var head in item.Heads) WriteHead(head);
        if (item.Value is { } value) WriteValue(value);
        if (item.Verdict != ItemVerdict.Served) WriteChange();
    }

    string Sentence() => item.Verdict switch
    {
        ItemVerdict.Served => $"served, at place {item.Rank} of {item.Search.Returned}.",
        ItemVerdict.UnknownItem => "unknown item. The catalogue of this artifact has no such id.",
        ItemVerdict.NotLive => "not live. The catalogue has it, the index does not offer it.",
        ItemVerdict.Excluded => "excluded by the request.",
        ItemVerdict.NotInOnly => "not in only. The request allows other items.",
        ItemVerdict.Filtered => "filtered.",
        ItemVerdict.ListNotProbed => "list not probed.",
        ItemVerdict.BelowScan => $"below K0 of the scan. Each head keeps {item.Search.Kept}.",
        ItemVerdict.LostInMerge => "lost in merge of the heads.",
        _ => $"below k. {item.Search.K} items were wanted.",
    };

    void WriteFilter(ExplainedFilter filter)
    {
        string mask = filter.PassesMask switch
        {
            null => "there is no filter index",
            false => "the filter index ruled it out",
            true when filter.IsTrue => "the filter index lets it pass",
            _ => "the filter index let it pass, the exact values did not: a false positive",
        };
        Line("filter", $"{Truth(filter.IsTrue)}; {mask}");
        if (Count(filter.Root) <= NodesMax) WriteCondition(filter.Root, 0, filter);
        else foreach (var leaf in filter.Failing) WriteCondition(leaf, 0, filter);
    }

    void WriteCondition(ExplainedCondition node, int depth, ExplainedFilter filter)
    {
        string values = node.Feature is null ? "" : $"; {node.Feature} is {Values(node.Values)}";
        string fails = filter.Failing.Contains(node) ? $"  <- fails, at {node.Position}" : "";
        Line("", $"{new string(' ', 2 * depth)}{Truth(node.IsTrue)}: {node.Text}{values}{fails}");
        foreach (var operand in node.Operands) WriteCondition(operand, depth + 1, filter);
    }

    void WriteHead(ExplainedHead head)
    {
        var search = item.Search;
        string asked = search.Probes == search.NProbe ? "" : $", asked for {search.NProbe}";
        string lists = search.IsOnlyLists ? $"the {search.Probes} lists of the allowed items" : $"{search.Probes} probed{asked}";
        Line("list", $"{head.Task}: {head.ListRank} of {search.NList} by nearness; " +
            $"{(head.IsScanned ? "scanned" : "not scanned")} ({lists})");
        string place = head.IsScanned && IsEligible ? "place" : "would be at";
        string kept = head.IsKept ? "kept" : "not kept";
        Line("scan", $"{head.Task}: int8 score {Number(head.CodeScore)}, {place} {head.ScanRank} of {head.Eligible} eligible; " +
            $"{kept} (K0 is {search.Kept})");
    }

    bool IsEligible =>
        item.IsLive == true && !item.IsExcluded && item.IsInOnly != false && item.Filter?.IsTrue != false;

    void WriteValue(ExplainedValue value)
    {
        Line("merge", $"{(item.IsMerged ? "one of" : "not one of")} {item.Search.Merged} candidates");
        Line("scores", string.Join(", ", value.Tasks.Select(t => t.Value.Equals(t.Score)
            ? $"{t.Task} {Number(t.Score)}"
            : $"{t.Task} {Number(t.Value)} (sigmoid of {Number(t.Score)})")));
        Line("value", $"{Number(value.Value)} = {value.Formula.Text}");
        foreach (var term in value.Formula.Operands.Where(t => t.Operands.Count > 0)) Line("", $"{Number(term.Value)} = {term.Text}");
        string last = item.Search.LastValue is { } least ? $"; the last of the answer, at {item.Search.Returned}, has {Number(least)}" : "";
        Line("place", $"{(item.IsMerged ? "" : "would be ")}{value.Rank} by value{last}");
        if (item.Blend is not { } blend) return;
        string to = blend.RankAfter is { } after ? $"to {after}" : $"is behind the {item.Search.Returned} of the answer";
        string by = blend.By is null ? "" : $", passed over by {blend.By}";
        Line("blend", $"{blend.Kind}: {blend.RankBefore} {to}{by}");
    }

    void WriteChange()
    {
        if (item.Change is not { } change)
        {
            Line("change", item.Verdict is ItemVerdict.UnknownItem or ItemVerdict.NotLive
                ? "no request serves it; it must be published first"
                : item.IsChangeLate ? "none was found in 10 seconds; the search was ended"
                : "nothing simple serves it: nprobe, rescore, k, filter, exclude and only were tried");
            return;
        }
        Line("change", $"{string.Join("; then ", change.Steps.Select(Step))}. " +
            $"The changed request was asked: it serves the item at place {change.Rank}.");
    }

    static string Step(ChangeStep step)
    {
        string what = step.Field switch
        {
            "exclude" => $"exclude without {step.Value}",
            "only" => $"only with {step.Value}",
            "filter" when step.Value == "TRUE" => "no filter",
            "blend" => "no blend",
            "deadlineMs" => "no deadline",
            _ => $"{step.Field} {step.Value}",
        };
        return step.Leads == ItemVerdict.Served ? what : $"{what} (alone: {ExplanationJson.Name(step.Leads)})";
    }

    void Line(string stage, string text) => output.WriteLine($"  {stage,-8} {text}");

    static int Count(ExplainedCondition node) => 1 + node.Operands.Sum(Count);

    static string Truth(bool isTrue) => isTrue ? "true" : "false";

    static string Values(IReadOnlyList<string> values) => values.Count == 0 ? "missing" : string.Join(", ", values);

    static string Number(float value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
