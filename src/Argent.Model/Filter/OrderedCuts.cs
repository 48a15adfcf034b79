using System.Numerics;

namespace Argent.Model;

/// <summary>
/// How the filter index codes an ordered feature. Cuts are some of its keys, ascending: all of them where they are few,
/// otherwise equally many items apart. A cut has a code of its own and so has each gap between two cuts, so that codes
/// have the order of keys: 0 is missing, 1 the gap below the first cut, 2 the first cut, 3 the gap above it and so on.
/// </summary>
/// <remarks>
/// Codes are kept as rows of bits, the lowest first (bit-sliced index, O'Neil and Quass 1997). A range whose ends are
/// cuts, or stand beside one, is exact; any other includes or leaves out the rest of the gaps that its ends lie in. An
/// item that comes later finds its place among the same cuts.
/// </remarks>
public sealed class OrderedCuts
{
    /// <summary>The most bits of a code.</summary>
    public const int RowsMax = 16;

    readonly long[] _cuts;

    /// <summary>Codes with the given cuts.</summary>
    /// <exception cref="ArgumentException">The cuts do not ascend, are too many, or one is the key of a missing value.</exception>
    public OrderedCuts(long[] cuts)
    {
        ArgumentNullException.ThrowIfNull(cuts);
        if (cuts.Length > CutsMax(RowsMax)) throw new ArgumentException($"{cuts.Length} cuts; at most {CutsMax(RowsMax)} are allowed.");
        for (int i = 0; i < cuts.Length; i++)
        {
            long below = i == 0 ? OrderedKey.Missing : cuts[i - 1];
            if (cuts[i] <= below) throw new ArgumentException($"Cuts must ascend: {cuts[i]} follows {below}.");
        }
        _cuts = cuts;
    }

    /// <summary>The cuts, ascending.</summary>
    public ReadOnlySpan<long> Cuts => _cuts;

    /// <summary>The highest code.</summary>
    public int CodeMax => 2 * _cuts.Length + 1;

    /// <summary>Bits of a code.</summary>
    public int RowCount => BitOperations.Log2((uint)CodeMax) + 1;

    /// <summary>
    /// Cuts for the keys of a catalogue: so many that the gaps at both ends of a range hold at most a share of
    /// <paramref name="falsePositiveRate"/> of the items: two over that rate.
    /// </summary>
    /// <param name="keys">Keys by row, missing ones included.</param>
    /// <param name="falsePositiveRate">Between 0 and 1.</param>
    public static OrderedCuts Of(ReadOnlySpan<long> keys, double falsePositiveRate)
    {
        int most = CutsMax(Math.Clamp((int)Math.Ceiling(Math.Log2(2 / falsePositiveRate + 1)) + 1, 1, RowsMax));
        long[] sorted = keys.ToArray();
        Array.Sort(sorted);
        // Missing is below all keys.
        int missing = 0;
        while (missing < sorted.Length && sorted[missing] == OrderedKey.Missing) missing++;
        var present = sorted.AsSpan(missing);
        long[] distinct = Distinct(present, most + 1);
        if (distinct.Length <= most) return new OrderedCuts(distinct);
        long[] quantiles = new long[most];
        for (int i = 0; i < most; i++) quantiles[i] = present[(int)((2L * i + 1) * present.Length / (2L * most))];
        return new OrderedCuts(Distinct(quantiles, most));
    }

    /// <summary>The code of a key.</summary>
    public int Code(long key)
    {
        if (key == OrderedKey.Missing) return 0;
        int at = Array.BinarySearch(_cuts, key);
        return at >= 0 ? 2 * at + 2 : 2 * ~at + 1;
    }

    /// <summary>The codes of all keys from <paramref name="low"/> to <paramref name="high"/>, and perhaps of others.</summary>
    internal CodeRange Outer(long low, long high) => new(Code(low), Code(high), StartsAt(low) && EndsAt(high));

    /// <summary>The codes that only keys from <paramref name="low"/> to <paramref name="high"/> have.</summary>
    internal CodeRange Inner(long low, long high)
    {
        bool starts = StartsAt(low), ends = EndsAt(high);
        return new(Code(low) + (starts ? 0 : 1), Code(high) - (ends ? 0 : 1), starts && ends);
    }

    static int CutsMax(int rows) => (1 << (rows - 1)) - 1;

    /// <summary>Whether no smaller key has the code of <paramref name="key"/>.</summary>
    bool StartsAt(long key)
    {
        int at = Array.BinarySearch(_cuts, key);
        if (at >= 0) return true;
        long below = ~at == 0 ? OrderedKey.Missing : _cuts[~at - 1];
        return key == below + 1;
    }

    /// <summary>Whether no larger key has the code of <paramref name="key"/>.</summary>
    bool EndsAt(long key)
    {
        int at = Array.BinarySearch(_cuts, key);
        if (at >= 0 || key == long.MaxValue) return true;
        return ~at < _cuts.Length && key == _cuts[~at] - 1;
    }

    /// <summary>The first values of an ascending list, each once.</summary>
    static long[] Distinct(ReadOnlySpan<long> sorted, int most)
    {
        var values = new List<long>();
        foreach (long value in sorted)
        {
            if (values.Count == most) break;
            if (values.Count == 0 || values[^1] != value) values.Add(value);
        }
        return [.. values];
    }
}

/// <summary>Codes from Low to High; none when Low is above High.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest, included.</param>
/// <param name="IsExact">True when they are the codes of exactly the keys asked for.</param>
readonly record struct CodeRange(int Low, int High, bool IsExact)
{
    public bool IsEmpty => Low > High;
}
