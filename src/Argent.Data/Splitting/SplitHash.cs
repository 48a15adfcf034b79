using System.Text;

namespace Argent.Data;

/// <summary>
/// The fixed hash of a random split. It never changes, so that a split can be repeated anywhere:
/// <code>
/// fraction(seed, user, item) = (mix(mix(fnv1a(user) + seed) + fnv1a(item)) >> 11) / 2^53
/// </code>
/// where ids are UTF-8 texts, fnv1a is FNV-1a of 64 bits, mix is the finaliser of SplitMix64, and sums wrap at 64 bits.
/// </summary>
static class SplitHash
{
    /// <summary>FNV-1a of an id's UTF-8 bytes.</summary>
    public static ulong OfId(string id)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(id)) hash = (hash ^ value) * 0x100000001B3;
        return hash;
    }

    /// <summary>Where a pair lies in [0, 1).</summary>
    public static double Fraction(ulong seed, ulong user, ulong item) => (Mix(Mix(user + seed) + item) >> 11) * (1.0 / (1L << 53));

    /// <summary>The finaliser of SplitMix64.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
