namespace Argent.Model;

/// <summary>64-bit keys that ascend in the order of results: score descending, then item row ascending.</summary>
static class RankOrder
{
    /// <summary>The key of a score that is not NaN and a row of 0 or more.</summary>
    public static ulong Key(float score, int row)
    {
        // Adding 0 makes -0 a plain 0. The bits of positive floats ascend with them; those of negative ones descend.
        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        uint ascending = (bits & 0x80000000) == 0 ? bits | 0x80000000 : ~bits;
        return ((ulong)~ascending << 32) | (uint)row;
    }

    /// <summary>The row of a key.</summary>
    public static int Row(ulong key) => (int)(uint)key;
}
