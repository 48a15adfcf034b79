using System.Collections.Concurrent;

namespace Argent.Model;

/// <summary>
/// A merge of one's own: the score that an item has among a request's candidates, the highest first and ties by item; NaN
/// leaves it out. It is asked once for every item that any head kept. It must depend on nothing but its argument, so that an
/// answer does not depend on others of its batch, and any thread may call it.
/// </summary>
/// <param name="item">What the heads say of the item.</param>
public delegate float MergeOperator(MergedItem item);

/// <summary>What the heads of a request say of one item.</summary>
/// <param name="ranks">See <see cref="Ranks"/>.</param>
/// <param name="scores">See <see cref="Scores"/>.</param>
public readonly ref struct MergedItem(ReadOnlySpan<int> ranks, ReadOnlySpan<float> scores)
{
    /// <summary>[H] the item's place among the candidates of each head, from 0; -1 where the head did not keep it.</summary>
    public ReadOnlySpan<int> Ranks { get; } = ranks;

    /// <summary>
    /// [H] its score of each head, as the int8 scan saw it. Where the head did not keep it that of the head's last candidate,
    /// which it does not exceed; 0 of a head without candidates.
    /// </summary>
    public ReadOnlySpan<float> Scores { get; } = scores;
}

/// <summary>
/// The merges that a process knows by name: a manifest names one with <c>"merge": "custom"</c>. Whoever opens or publishes
/// such a model registers it before.
/// </summary>
public static class MergeOperators
{
    static readonly ConcurrentDictionary<string, MergeOperator> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a merge known.</summary>
    /// <exception cref="ArgumentException">Another merge has the name, or it is empty.</exception>
    public static void Register(string name, MergeOperator merge)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(merge);
        if (_known.GetOrAdd(name, merge) != merge) throw new ArgumentException($"Another merge is registered as '{name}'.");
    }

    /// <summary>The merge of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message says how it becomes known.</exception>
    public static MergeOperator Find(string name)
    {
        if (_known.TryGetValue(name, out var merge)) return merge;
        throw new ArgumentException(
            $"The merge '{name}' is not known here: " +
            $"call MergeOperators.Register(\"{name}\", ...) before the model is opened or published." +
            Suggestion.Offer(name, _known.Keys));
    }
}
