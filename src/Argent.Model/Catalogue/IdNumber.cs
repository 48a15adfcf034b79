using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argent.Model;

/// <summary>Integer ids as text: four digits at a time, since a list may hold 100,000 of them.</summary>
static class IdNumber
{
    // More might not fit 64 bits.
    const int DigitsMax = 18;

    static ReadOnlySpan<int> Powers => [1, 10, 100, 1000];

    /// <summary>Reads an integer, with or without a sign, as <see cref="long.TryParse(string, out long)"/> does everywhere.</summary>
    public static bool TryRead(string text, out long number)
    {
        ReadOnlySpan<char> digits = text;
        bool isNegative = digits is ['-', ..];
        if (isNegative) digits = digits[1..];
        // A short one, another sign or what is no number: the library decides.
        if (digits.Length is < 4 or > DigitsMax || !TryDigits(digits, out number))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        }
        if (isNegative) number = -number;
        return true;
    }

    static bool TryDigits(ReadOnlySpan<char> digits, out long number)
    {
        ref byte first = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(digits));
        ulong wrong = 0;
        number = 0;
        int at = 0;
        for (; at + 4 <= digits.Length; at += 4)
        {
            ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at * sizeof(char))) - 0x0030_0030_0030_0030;
            wrong |= Wrong(four);
            number = number * 10_000 + Value(four);
        }
        int rest = digits.Length - at;
        if (rest > 0)
        {
            // The last four again, without those that were read.
            ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (digits.Length - 4) * sizeof(char)));
            four = (four - 0x0030_0030_0030_0030) & (ulong.MaxValue << (16 * (4 - rest)));
            wrong |= Wrong(four);
            number = number * Powers[rest] + Value(four);
        }
        return wrong == 0;
    }

    /// <summary>Not 0 when one of four is no digit: above 9, or below 0, which borrows.</summary>
    static ulong Wrong(ulong four) => (four | (four + 0x0006_0006_0006_0006)) & 0xFFF0_FFF0_FFF0_FFF0;

    /// <summary>d0 * 1000 + d1 * 100 + d2 * 10 + d3: the highest 16 bits of one product; no lower part reaches 2^16.</summary>
    static long Value(ulong four) => (long)((four * 0x03E8_0064_000A_0001) >> 48);
}
