namespace Argent.Tensors;

/// <summary>
/// Random numbers of a named place: the stream of (seed, purpose, epoch, number) is the same whenever and on whatever
/// thread it is asked for, so a resumed training draws what an uninterrupted one would. SplitMix64.
/// </summary>
/// <param name="seed">Of everything that is drawn.</param>
/// <param name="purpose">What for, so that two uses of a seed do not draw the same.</param>
/// <param name="epoch">A first number of the place.</param>
/// <param name="number">A second one.</param>
public struct CounterRandom(ulong seed, ulong purpose, long epoch = 0, long number = 0)
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    ulong _state = Mix(Mix(Mix(Mix(seed + Golden) ^ purpose) + (ulong)epoch) ^ (ulong)number);

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float NextSingle() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [0, <paramref name="end"/>).</summary>
    public int Next(int end) => (int)Math.BigMul(Next(), (ulong)end, out _);

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller 1958).</summary>
    public float NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - ((Next() >> 11) * (1.0 / (1L << 53)))));
        return (float)(radius * Math.Cos(2 * Math.PI * (Next() >> 11) * (1.0 / (1L << 53))));
    }

    static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
