using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>Sorts rank keys: a radix sort over the four score bytes, then the ties by their lower halves.</summary>
static unsafe class KeySort
{
    // Below, the fixed cost of four histograms is more than a comparison sort.
    const int RadixMin = 192;
    const int Digits = 256;

    /// <summary>Sorts ascending, which is best first. <paramref name="spare"/> has room for as many keys.</summary>
    public static void Sort(long* keys, int count, long* spare)
    {
        if (count < RadixMin)
        {
            new Span<long>(keys, count).Sort();
            return;
        }
        int* histograms = stackalloc int[4 * Digits];
        new Span<int>(histograms, 4 * Digits).Clear();
        CountDigits(keys, count, histograms);
        long* from = keys;
        long* to = spare;
        for (int digit = 0; digit < 4; digit++)
        {
            int* histogram = histograms + digit * Digits;
            int shift = 32 + 8 * digit;
            // All keys share the digit: nothing to move.
            if (histogram[Digit(from[0], shift)] == count) continue;
            PlaceDigits(histogram);
            Scatter(new(from, count), to, shift, histogram);
            long* swapped = from;
            from = to;
            to = swapped;
        }
        if (from != keys) Unsafe.CopyBlockUnaligned(keys, from, (uint)count * sizeof(long));
        SortTies(keys, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Digit(long key, int shift) => (int)((ulong)(key ^ long.MinValue) >> shift) & (Digits - 1);

    static void CountDigits(long* keys, int count, int* histograms)
    {
        for (int i = 0; i < count; i++)
        {
            uint upper = (uint)((ulong)(keys[i] ^ long.MinValue) >> 32);
            histograms[upper & 255]++;
            histograms[Digits + (upper >> 8 & 255)]++;
            histograms[2 * Digits + (upper >> 16 & 255)]++;
            histograms[3 * Digits + (upper >> 24)]++;
        }
    }

    /// <summary>Turns counts into the place of each digit's first key.</summary>
    static void PlaceDigits(int* histogram)
    {
        int at = 0;
        for (int d = 0; d < Digits; d++)
        {
            int next = at + histogram[d];
            histogram[d] = at;
            at = next;
        }
    }

    static void Scatter(ReadOnlySpan<long> from, long* to, int shift, int* places)
    {
        foreach (long key in from) to[places[Digit(key, shift)]++] = key;
    }

    static void SortTies(long* keys, int count)
    {
        for (int start = 0; start < count - 1;)
        {
            int end = start + 1;
            while (end < count && keys[end] >> 32 == keys[start] >> 32) end++;
            if (end - start > 1) new Span<long>(keys + start, end - start).Sort();
            start = end;
        }
    }
}
