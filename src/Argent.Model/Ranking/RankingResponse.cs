namespace Argent.Model;

/// <summary>One scored item.</summary>
/// <param name="Row">The item's row in id order.</param>
/// <param name="Id">The id as the request gave it.</param>
/// <param name="Score">The value model's result.</param>
/// <param name="Tasks">One score per task, in the model's order of tasks.</param>
public readonly record struct RankedItem(int Row, string Id, float Score, ReadOnlyMemory<float> Tasks);

/// <summary>Microseconds of each step of a ranking.</summary>
/// <param name="Queue">From arrival to the pass.</param>
/// <param name="UserTower">The user's query vectors.</param>
/// <param name="Items">Slots and filter.</param>
/// <param name="OverArch">Scores, values and order; the item tower too, where it computes the embeddings.</param>
/// <param name="Total">All of it.</param>
public readonly record struct RankingTiming(long Queue, long UserTower, long Items, long OverArch, long Total);

/// <summary>
/// The answer to one ranking request. Every id of the request that is not cut off by k is in one of the three lists, as
/// often as the request names it.
/// </summary>
public sealed record RankingResponse
{
    /// <summary>Scored items in the order of the request, or best first when it asks for that.</summary>
    public required IReadOnlyList<RankedItem> Items { get; init; }

    /// <summary>Ids that the catalogue lacks, or whose item was removed, in the order of the request.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Ids of items that do not match the filter, exactly, in the order of the request.</summary>
    public required IReadOnlyList<string> Ineligible { get; init; }

    /// <summary>Items that were scored: as many as <see cref="Items"/>, or more when k cuts them off.</summary>
    public required int Scored { get; init; }

    /// <summary>Name and version of the artifact that answered; who owns the snapshot fills it in.</summary>
    public string Snapshot { get; init; } = "";

    /// <summary>Sequence number of the last update applied.</summary>
    public long Watermark { get; init; }

    /// <summary>Where the time went.</summary>
    public required RankingTiming TimingUs { get; init; }
}
