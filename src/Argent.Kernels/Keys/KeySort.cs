using System.Numerics;
using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// Sorts rank keys: two radix passes over the upper bits in which the scores differ, then the few keys that these bits do
/// not tell apart, equal scores among them, by their whole keys.
/// </summary>
static unsafe class KeySort
{
    // Below, the fixed cost of the histograms is more than a comparison sort.
    const int RadixMin = 128;

    // Digits: enough that few keys agree in two of them, not more than stay in the first-level cache.
    const int DigitBitsMin = 8, DigitBitsMax = 11;

    // Runs up to this long are sorted by insertion.
    const int InsertionMax = 16;

    /// <summary>Sorts ascending, which is best first. <paramref name="spare"/> has room for as many keys.</summary>
    public static void Sort(long* keys, int count, long* spare)
    {
        if (count < RadixMin)
        {
            new Span<long>(keys, count).Sort();
            return;
        }
        var (least, most) = KeySelection.Bounds(keys, count);
        int bits = 64 - BitOperations.LeadingZeroCount((ulong)(most - least));
        int digitBits = Math.Clamp(BitOperations.Log2((uint)count) - 3, DigitBitsMin, DigitBitsMax);
        // The low half of a key only orders equal scores; with it, keys of one score would be told apart here as well.
        int shift = Math.Max(0, bits - 2 * digitBits);
        int* histograms = stackalloc int[2 << DigitBitsMax];
        int digits = 1 << digitBits;
        new Span<int>(histograms, 2 * digits).Clear();
        CountDigits(new(keys, count), least, (shift, digitBits), histograms);
        PlaceDigits(new(histograms, digits));
        PlaceDigits(new(histograms + digits, digits));
        Scatter(new(keys, count), spare, least, (shift, digits - 1), histograms);
        Scatter(new(spare, count), keys, least, (shift + digitBits, digits - 1), histograms + digits);
        SortRuns(keys, count, least, shift);
    }

    static void CountDigits(ReadOnlySpan<long> keys, long least, (int Shift, int Bits) digit, int* histograms)
    {
        int* second = histograms + (1 << digit.Bits);
        uint mask = (1u << digit.Bits) - 1;
        foreach (long key in keys)
        {
            uint prefix = (uint)((ulong)(key - least) >> digit.Shift);
            histograms[prefix & mask]++;
            second[prefix >> digit.Bits]++;
        }
    }

    /// <summary>Turns counts into the place of each digit's first key.</summary>
    static void PlaceDigits(Span<int> histogram)
    {
        int at = 0;
        foreach (ref int place in histogram)
        {
            int next = at + place;
            place = at;
            at = next;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static void Scatter(ReadOnlySpan<long> from, long* to, long least, (int Shift, int Mask) digit, int* places)
    {
        int shift = digit.Shift, mask = digit.Mask;
        foreach (long key in from) to[places[(int)((ulong)(key - least) >> shift) & mask]++] = key;
    }

    /// <summary>Sorts every run of keys that the digits do not tell apart.</summary>
    static void SortRuns(long* keys, int count, long least, int shift)
    {
        if (shift == 0) return;
        for (int start = 0, end; start < count; start = end)
        {
            ulong prefix = (ulong)(keys[start] - least) >> shift;
            end = start + 1;
            while (end < count && (ulong)(keys[end] - least) >> shift == prefix) end++;
            if (end - start == 1) continue;
            if (end - start <= InsertionMax) Insert(keys + start, end - start);
            else new Span<long>(keys + start, end - start).Sort();
        }
    }

    static void Insert(long* keys, int count)
    {
        for (int i = 1; i < count; i++)
        {
            long key = keys[i];
            int at = i;
            for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }
    }
}
