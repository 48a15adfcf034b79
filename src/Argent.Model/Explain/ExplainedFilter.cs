namespace Argent.Model;

/// <summary>A filter's answer for one item.</summary>
/// <param name="Root">The whole filter, with the truth of every part.</param>
/// <param name="Failing">
/// The fewest leaves that would have to be otherwise for the filter to be true, in the order of the text; none when it is.
/// </param>
/// <param name="PassesMask">
/// Whether the filter index lets the item pass; null without a filter index, where every item is verified.
/// </param>
public sealed record ExplainedFilter(ExplainedCondition Root, IReadOnlyList<ExplainedCondition> Failing, bool? PassesMask)
{
    /// <summary>Whether the item is eligible by the filter.</summary>
    public bool IsTrue => Root.IsTrue;

    /// <summary>True when the filter index could not rule the item out and the exact verification did.</summary>
    public bool IsFalsePositive => PassesMask == true && !IsTrue;
}

/// <summary>A node of a filter and its truth for one item.</summary>
/// <param name="Text">The node in the filter language.</param>
/// <param name="Position">Where it starts in the request's filter.</param>
/// <param name="IsTrue">Its truth.</param>
/// <param name="Feature">The feature that a leaf asks about; null for any other node.</param>
/// <param name="Values">The item's values of that feature as text, none when they are missing.</param>
/// <param name="Operands">What a NOT, AND or OR is made of.</param>
public sealed record ExplainedCondition(
    string Text, TextPosition Position, bool IsTrue, string? Feature,
    IReadOnlyList<string> Values, IReadOnlyList<ExplainedCondition> Operands);
