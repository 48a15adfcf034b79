namespace Argent.Model;

/// <summary>One item's way through one request: every stage, also those behind the one where it ended.</summary>
public sealed record Explanation
{
    /// <summary>The item's id as it was asked for.</summary>
    public required string Item { get; init; }

    /// <summary>Its title, if the catalogue has one.</summary>
    public string? Title { get; init; }

    /// <summary>Where its way ended.</summary>
    public required ItemVerdict Verdict { get; init; }

    /// <summary>Its place in the answer, from 1; null when it is not served.</summary>
    public int? Rank { get; init; }

    /// <summary>What the request's own pass did.</summary>
    public required ExplainedSearch Search { get; init; }

    /// <summary>Whether it is in the index and live; null for an unknown item.</summary>
    public bool? IsLive { get; init; }

    /// <summary>Whether the request excludes it.</summary>
    public bool IsExcluded { get; init; }

    /// <summary>Whether it is among the only allowed; null when the request allows all.</summary>
    public bool? IsInOnly { get; init; }

    /// <summary>The request's filter; null when it has none, or the item is not in the index.</summary>
    public ExplainedFilter? Filter { get; init; }

    /// <summary>Its list; null when it is not in the index, as for everything below.</summary>
    public int? List { get; init; }

    /// <summary>What each head's search made of it, in the model's order of tasks.</summary>
    public IReadOnlyList<ExplainedHead> Heads { get; init; } = [];

    /// <summary>Whether it is one of the merged candidates.</summary>
    public bool IsMerged { get; init; }

    /// <summary>
    /// Its scores and its value, also when it was no candidate: an OverArch that looks at whole lists then sees it behind the candidates.
    /// </summary>
    public ExplainedValue? Value { get; init; }

    /// <summary>What the composition of the list did; null when the item was no candidate.</summary>
    public ExplainedBlend? Blend { get; init; }

    /// <summary>What would have served it; null when it is served, or no change of the request does.</summary>
    public ServingChange? Change { get; init; }

    /// <summary>True when the search for a change took longer than 10 seconds and was ended.</summary>
    public bool IsChangeLate { get; init; }

    /// <summary>Name and version of the artifact that answered; null when a model was asked without one.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Sequence number of the last update applied.</summary>
    public long Watermark { get; init; }
}

/// <summary>What the pass of an explained request did: read from its answer.</summary>
public sealed record ExplainedSearch
{
    /// <summary>Items wanted.</summary>
    public required int K { get; init; }

    /// <summary>Lists to probe first, by the request or the model's default.</summary>
    public required int NProbe { get; init; }

    /// <summary>Lists that were probed for each head.</summary>
    public required int Probes { get; init; }

    /// <summary>Lists of the index.</summary>
    public required int NList { get; init; }

    /// <summary>True when the lists are those that hold the only allowed items, and not the nearest.</summary>
    public bool IsOnlyLists { get; init; }

    /// <summary>K0: candidates that each head keeps, at most.</summary>
    public required int Kept { get; init; }

    /// <summary>Candidates after the merge of the heads; null when the item is not in the index: then nobody counted.</summary>
    public int? Merged { get; init; }

    /// <summary>Eligible items seen; see <see cref="RetrievalResponse.EligibleSeen"/>.</summary>
    public required long EligibleSeen { get; init; }

    /// <summary>Items in the answer.</summary>
    public required int Returned { get; init; }

    /// <summary>Value of the last item in the answer, the K-th when the answer is full; null for an empty one.</summary>
    public float? LastValue { get; init; }

    /// <summary>Why the answer ends where it does.</summary>
    public required RetrievalStatus Status { get; init; }
}

/// <summary>What one head's search made of an item.</summary>
/// <param name="Task">The head's task.</param>
/// <param name="ListRank">Place of its list among all lists, nearest first, from 1.</param>
/// <param name="IsScanned">Whether its list was scanned.</param>
/// <param name="CodeScore">Score from its int8 code, with what the scan leaves out because it is the same for all items.</param>
/// <param name="ScanRank">Its place by that score among the eligible items scanned, from 1; where it would be, if it was not.</param>
/// <param name="Eligible">Eligible items scanned.</param>
/// <param name="IsKept">Whether it is one of the K0 that the head kept.</param>
public sealed record ExplainedHead(
    string Task, int ListRank, bool IsScanned, float CodeScore, long ScanRank, long Eligible, bool IsKept);

/// <summary>An item's value, and where it stands among the candidates.</summary>
/// <param name="Tasks">Exact scores, in the model's order of tasks.</param>
/// <param name="Formula">The value formula, with what each part of it came to.</param>
/// <param name="Value">What orders the list.</param>
/// <param name="Rank">Its place by value among the candidates, from 1; where it would be, if it was none.</param>
public sealed record ExplainedValue(IReadOnlyList<ExplainedTask> Tasks, ExplainedTerm Formula, float Value, int Rank);

/// <summary>An item's score for one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Score">The exact score, from the embedding cache; the OverArch's logit, where the model has one.</param>
/// <param name="Value">What the formula reads: the score, or its sigmoid for a model of probabilities.</param>
public sealed record ExplainedTask(string Task, float Score, float Value);

/// <summary>A part of a value formula and what it came to.</summary>
/// <param name="Text">The part, in the value language.</param>
/// <param name="Value">Its result; NaN for any that is not finite.</param>
/// <param name="Operands">The parts that it is made of; none for a number or a task.</param>
public sealed record ExplainedTerm(string Text, float Value, IReadOnlyList<ExplainedTerm> Operands);

/// <summary>What the composition of the final list did with a candidate.</summary>
/// <param name="Kind">The blend's parts; <c>identity</c> leaves the order of the values as it is.</param>
/// <param name="RankBefore">Place by value, from 1.</param>
/// <param name="RankAfter">Place in the answer, from 1; null when it is not in it.</param>
public sealed record ExplainedBlend(string Kind, int RankBefore, int? RankAfter)
{
    /// <summary>The part that put an item of a lower value before it the first time; null when none did.</summary>
    public string? By { get; init; }
}

/// <summary>The smallest change of a request that serves an item. It was made, and the changed request asked.</summary>
/// <param name="Steps">What to change, all of it together.</param>
/// <param name="Request">The changed request.</param>
/// <param name="Rank">The item's place in the changed request's answer, from 1.</param>
public sealed record ServingChange(IReadOnlyList<ChangeStep> Steps, RetrievalRequest Request, int Rank);

/// <summary>One field of a request and what to send in it.</summary>
/// <param name="Field">The field's name in JSON.</param>
/// <param name="Value">What to send, or for <c>exclude</c> and <c>only</c> the id to take out or to add.</param>
/// <param name="Leads">The verdict with this step and those before it.</param>
public sealed record ChangeStep(string Field, string Value, ItemVerdict Leads);
