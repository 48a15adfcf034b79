using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// A request that was checked and compiled by <see cref="RetrievalModel.Prepare"/> and can enter a batch. It belongs to
/// the model that prepared it.
/// </summary>
public sealed class RetrievalQuery
{
    internal RetrievalQuery() { }

    /// <summary>The model that prepared it.</summary>
    internal RetrievalModel Model { get; init; } = null!;

    /// <summary>Items wanted.</summary>
    public int K { get; init; }

    /// <summary>K0: candidates that the scan keeps for each head.</summary>
    internal int Kept { get; init; }

    /// <summary>
    /// Candidates to find before probing ends: K, or under a filter K0. The nearest eligible items lie in farther lists
    /// the stricter a filter is, so K that were found first need not be the best K.
    /// </summary>
    internal int Wanted { get; init; }

    /// <summary>Lists probed first, 1 to NList; of a request with <see cref="OnlyLists"/>, how many those are.</summary>
    public int NProbe { get; init; }

    /// <summary>The lists that hold every allowed item of the request, when they are few: then no others are scanned.</summary>
    internal int[]? OnlyLists { get; init; }

    /// <summary>Who is eligible; null for every live item.</summary>
    internal QueryFilter? Filter { get; init; }

    /// <summary>
    /// No more items than this match the filter and the list of allowed ones, by the counts of publishing: of those that were
    /// published, live or not.
    /// </summary>
    internal long MatchesMax { get; init; } = long.MaxValue;

    /// <summary>The value formula for the request's user.</summary>
    internal BoundFormula Value { get; init; } = null!;

    /// <summary>How the list is composed.</summary>
    internal BlendProgram Blend { get; init; } = null!;

    /// <summary>[H * D] query vectors of the request, or null when the user tower makes them.</summary>
    internal float[]? Vectors { get; init; }

    /// <summary>The user as the tower reads it, or null when the request brings vectors.</summary>
    internal EncodedUser? User { get; init; }

    /// <summary>When the answer is due, a timestamp of the model's clock; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; init; }
}
