namespace Argent.Model;

/// <summary>How the items of an answer came there, and what is known of the request's funnel without scanning again.</summary>
/// <param name="NProbe">Lists to probe first.</param>
/// <param name="NList">Lists of the index.</param>
/// <param name="Kept">K0: candidates that each head keeps, at most.</param>
/// <param name="MergedMost">K1: candidates after the merge of the heads, at most.</param>
/// <param name="Blend">The blend's parts, or <c>identity</c>.</param>
/// <param name="Items">
/// Parallel to the answer's items; null for one that left the index after the answer was given.
/// </param>
public sealed record AnswerExplanation(
    int NProbe, int NList, int Kept, int MergedMost, string Blend, IReadOnlyList<AnswerItemExplanation?> Items);

/// <summary>How one item came into an answer.</summary>
/// <param name="List">Its list.</param>
/// <param name="Heads">What it is to each head, in the model's order of tasks.</param>
/// <param name="Value">What orders the list.</param>
public sealed record AnswerItemExplanation(int List, IReadOnlyList<AnswerHeadExplanation> Heads, float Value);

/// <summary>What an item of an answer is to one head.</summary>
/// <param name="Task">The head's task.</param>
/// <param name="ListRank">Place of its list among all lists, nearest first, from 1.</param>
/// <param name="CodeScore">Score from its int8 code; see <see cref="ExplainedHead"/>.</param>
/// <param name="Score">The exact score; the OverArch's logit, where the model has one.</param>
public sealed record AnswerHeadExplanation(string Task, int ListRank, float CodeScore, float Score);
