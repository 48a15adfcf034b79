using Argent.Kernels;

namespace Argent.Model;

/// <summary>int64 keys whose order is the order of the values they stand for; <see cref="Missing"/> is below all.</summary>
public static class OrderedKey
{
    /// <summary>The key of a missing value.</summary>
    public const long Missing = ForwardColumn.MissingKey;

    /// <summary>The key of a number: its bits, with the order of negative numbers turned round. -0 equals 0.</summary>
    /// <exception cref="ArgumentException">The value is NaN.</exception>
    public static long FromNumber(double value)
    {
        if (double.IsNaN(value)) throw new ArgumentException("NaN has no place in an order.");
        if (value == 0) return 0;
        long bits = BitConverter.DoubleToInt64Bits(value);
        // Adding the smallest value to the complement keeps -x and x symmetric around 0.
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    /// <summary>The number that a key stands for.</summary>
    public static double ToNumber(long key) =>
        BitConverter.Int64BitsToDouble(key >= 0 ? key : long.MinValue - key);
}
