namespace Argent.Model;

/// <summary>Why a list of items ended where it did.</summary>
public enum RetrievalStatus
{
    /// <summary>K eligible items were found.</summary>
    Complete,

    /// <summary>Every list was probed: the items are all that are eligible.</summary>
    Exhausted,

    /// <summary>Time ran out before K eligible items were found.</summary>
    Deadline,
}

/// <summary>One recommended item.</summary>
/// <param name="Row">The item's row in id order.</param>
/// <param name="Id">The catalogue's id.</param>
/// <param name="Title">Its title, if the catalogue has titles.</param>
/// <param name="Score">The value model's result; the list is ordered by it unless a blend composed it.</param>
/// <param name="Tasks">One score per task, in the model's order of tasks.</param>
public readonly record struct RetrievedItem(int Row, string Id, string? Title, float Score, float[] Tasks)
{
    /// <summary>Where the blend moved it from; null when it did not.</summary>
    public BlendMove? Move { get; init; }
}

/// <summary>Where an item stood before the blend moved it.</summary>
/// <param name="Rank">Its place by value, from 1.</param>
/// <param name="By">
/// The part of the blend that put an item of a lower value before it the first time; null for one that only moved up.
/// </param>
public sealed record BlendMove(int Rank, string? By);

/// <summary>Microseconds of each step of a request; the steps of a batch are shared by its requests.</summary>
public readonly record struct RetrievalTiming(long Queue, long UserTower, long Scan, long OverArch, long Total);

/// <summary>The answer to one request.</summary>
public sealed record RetrievalResponse
{
    /// <summary>Best items first.</summary>
    public required IReadOnlyList<RetrievedItem> Items { get; init; }

    /// <summary>Whether this is K items, all there are, or all there was time for.</summary>
    public required RetrievalStatus Status { get; init; }

    /// <summary>Eligible items seen in the probed lists; may count too many when the filter index is approximate.</summary>
    public required long EligibleSeen { get; init; }

    /// <summary>Lists probed for each head.</summary>
    public required int Probes { get; init; }

    /// <summary>Name and version of the artifact that answered.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Sequence number of the last update applied.</summary>
    public required long Watermark { get; init; }

    /// <summary>Where the time went.</summary>
    public required RetrievalTiming TimingUs { get; init; }

    /// <summary>How the items came there; null unless the request asked for it.</summary>
    public AnswerExplanation? Explanation { get; init; }
}
