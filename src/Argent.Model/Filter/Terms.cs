namespace Argent.Model;

/// <summary>
/// The 64-bit hashes of (feature, value) pairs that Bloom signatures are made of. They are written into artifacts, so
/// the function never changes: FNV-1a over the UTF-8 bytes of the feature name, a byte 0xFF (which no UTF-8 text
/// contains), then the value, and at the end the finaliser of SplitMix64, because FNV-1a alone leaves the high bits of
/// short texts poorly mixed and both halves of the hash choose rows.
/// </summary>
public static class Terms
{
    const ulong OffsetBasis = 0xCBF29CE484222325;
    const ulong Prime = 0x100000001B3;
    const byte TextValue = 0xFF;

    /// <summary>The term of a text value: category, categories or text features.</summary>
    public static ulong Hash(string feature, string value)
    {
        ArgumentNullException.ThrowIfNull(feature);
        ArgumentNullException.ThrowIfNull(value);
        return Finish(Append(Append(Append(OffsetBasis, feature), TextValue), value));
    }

    static ulong Append(ulong hash, byte value) => (hash ^ value) * Prime;

    static ulong Append(ulong hash, string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < length; i++) hash = Append(hash, utf8[i]);
        }
        return hash;
    }

    static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
