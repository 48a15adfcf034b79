namespace Argent.Data;

/// <summary>Random numbers from a seed (SplitMix64), the same on every machine and in every version.</summary>
sealed class Chance
{
    ulong _state;

    /// <summary>A sequence of its own for each seed and stream.</summary>
    public Chance(ulong seed, ulong stream) => _state = SplitHash.Mix(seed + 0x9E3779B97F4A7C15) ^ SplitHash.Mix(stream);

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1L << 53));

    /// <summary>From 0 to <paramref name="count"/> - 1.</summary>
    public int Next(int count) => (int)(Next() * count);

    /// <summary>True with the given probability.</summary>
    public bool Happens(double probability) => Next() < probability;

    /// <summary>Roughly normal with mean 0 and variance 1: a sum of twelve uniform numbers, which no library function enters.</summary>
    public double NextNormal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += Next();
        return sum;
    }

    ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        return SplitHash.Mix(_state);
    }
}

/// <summary>Draws positions in proportion to weights.</summary>
sealed class WeightedDraw
{
    readonly double[] _sums;

    /// <summary>Weights, not negative, with a positive sum.</summary>
    public WeightedDraw(IEnumerable<double> weights)
    {
        double sum = 0;
        _sums = [.. weights.Select(w => sum += w)];
    }

    /// <summary>One position.</summary>
    public int Draw(Chance chance)
    {
        int at = Array.BinarySearch(_sums, chance.Next() * _sums[^1]);
        return Math.Min(at < 0 ? ~at : at + 1, _sums.Length - 1);
    }
}
