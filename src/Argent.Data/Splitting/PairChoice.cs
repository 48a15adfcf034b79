using System.Runtime.InteropServices;

namespace Argent.Data;

/// <summary>A user's item of the held-out task.</summary>
/// <param name="Item">Item row.</param>
/// <param name="Time">Its first time, or 0.</param>
/// <param name="IsHeld">True when it is asked afterwards.</param>
readonly record struct Pair(int Item, long Time, bool IsHeld);

/// <summary>Which pairs of a user are held out.</summary>
abstract class PairChoice
{
    /// <summary>The limit that removes nothing.</summary>
    protected const long NoLimit = long.MaxValue;

    /// <summary>
    /// Marks the held-out pairs of <paramref name="pairs"/>, which are in the order of the events, and returns the last time,
    /// in Unix seconds, that may stay in the user's training events.
    /// </summary>
    public abstract long Choose(int user, List<Pair> pairs);

    /// <summary>Marks one pair.</summary>
    protected static void Set(List<Pair> pairs, int index, bool isHeld)
    {
        ref var pair = ref CollectionsMarshal.AsSpan(pairs)[index];
        pair = pair with { IsHeld = isHeld };
    }
}

/// <summary>Pairs by their hash.</summary>
sealed class RandomChoice(Dataset dataset, SplitSpec spec) : PairChoice
{
    readonly ulong[] _items = [.. Enumerable.Range(0, dataset.Items.Count).Select(row => SplitHash.OfId(dataset.Items.Ids.Text(row)))];

    /// <inheritdoc/>
    public override long Choose(int user, List<Pair> pairs)
    {
        if (pairs.Count < spec.MinEvents || pairs.Count == 0) return NoLimit;
        ulong hash = SplitHash.OfId(dataset.UserIds[user]);
        int lowest = 0, highest = 0, held = 0;
        double low = double.MaxValue, high = -1;
        for (int i = 0; i < pairs.Count; i++)
        {
            double fraction = SplitHash.Fraction(spec.Seed, hash, _items[pairs[i].Item]);
            if (fraction < low) (low, lowest) = (fraction, i);
            if (fraction > high) (high, highest) = (fraction, i);
            if (!(fraction < spec.Holdout)) continue;
            Set(pairs, i, true);
            held++;
        }
        // One pair alone stays in training: a user without history cannot be asked.
        if (held == 0 && pairs.Count > 1) Set(pairs, lowest, true);
        else if (held == pairs.Count) Set(pairs, highest, false);
        return NoLimit;
    }
}

/// <summary>Pairs from a moment on.</summary>
sealed class TemporalChoice(SplitSpec spec) : PairChoice
{
    /// <inheritdoc/>
    public override long Choose(int user, List<Pair> pairs)
    {
        int before = pairs.Count(p => p.Time < spec.After);
        if (pairs.Count >= spec.MinEvents && before > 0)
        {
            for (int i = 0; i < pairs.Count; i++) Set(pairs, i, pairs[i].Time >= spec.After);
        }
        return spec.After - 1;
    }
}

/// <summary>A user's last pair.</summary>
sealed class LastChoice(SplitSpec spec) : PairChoice
{
    /// <inheritdoc/>
    public override long Choose(int user, List<Pair> pairs)
    {
        if (pairs.Count < Math.Max(2, spec.MinEvents)) return NoLimit;
        Set(pairs, pairs.Count - 1, true);
        return pairs[^1].Time;
    }
}
