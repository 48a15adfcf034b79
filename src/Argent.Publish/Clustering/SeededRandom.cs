namespace Argent.Publish;

/// <summary>
/// Chance from a seed: SplitMix64 (Steele, Lea and Flood 2014). Ours rather than <see cref="Random"/>, because an
/// artifact must come out equal on every version of the runtime.
/// </summary>
struct SeededRandom(ulong seed)
{
    ulong _state = seed;

    /// <summary>64 uniform bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number of [0, <paramref name="count"/>). The bias of the multiplication is below count / 2^64.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number of [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number of the standard normal distribution (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    /// <summary>
    /// <paramref name="wanted"/> of <paramref name="count"/> rows in ascending order, one from each of equal stretches:
    /// a sample without repeats that reads memory in one direction. All rows when there are not more.
    /// </summary>
    public int[] Rows(int count, int wanted)
    {
        var rows = new int[Math.Min(count, wanted)];
        for (int i = 0; i < rows.Length; i++)
        {
            int first = (int)((long)count * i / rows.Length), next = (int)((long)count * (i + 1) / rows.Length);
            rows[i] = first + Below(next - first);
        }
        return rows;
    }
}
