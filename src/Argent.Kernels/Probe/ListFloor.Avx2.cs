using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// A score that at least P of some scores reach, and few more: found by halving the range of the maxima of many small
/// groups. Scores below it are not among the best P.
/// </summary>
static unsafe class ListFloor
{
    /// <summary>Maxima that the search looks at, in vectors of eight: 4 KB.</summary>
    const int VectorsMax = 128;

    /// <summary>Halvings at most; with a few more survivors than wanted the search ends before.</summary>
    const int RoundsMax = 16;

    /// <summary>The floor of the best <paramref name="kept"/> scores; -infinity when there is none worth having.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Of(float* scores, int count, int kept)
    {
        // Four groups for each score that is kept: fewer would hold several of the best in one group.
        int vectors = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)(kept + 1) / 2), 8, VectorsMax);
        vectors = Math.Min(vectors, count / 8);
        if (kept >= 6 * vectors) return float.NegativeInfinity;
        var maxima = stackalloc Vector256<float>[VectorsMax];
        for (int v = 0; v < vectors; v++) maxima[v] = Vector256.Create(float.NegativeInfinity);
        Gather(scores, count / 8, maxima, vectors);
        var (low, high) = Range(maxima, vectors);
        int enough = kept + (kept / 8);
        for (int round = 0; round < RoundsMax; round++)
        {
            float middle = low + ((high - low) / 2);
            // Also where the range holds an infinity, which has no middle.
            if (!(middle > low && middle < high)) break;
            int reaching = Reaching(maxima, vectors, middle);
            if (reaching < kept)
            {
                high = middle;
                continue;
            }
            low = middle;
            if (reaching <= enough) break;
        }
        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Gather(float* scores, int full, Vector256<float>* maxima, int vectors)
    {
        for (int first = 0; first < full; first += vectors)
        {
            int count = Math.Min(vectors, full - first);
            float* from = scores + (first * 8L);
            // The second operand is taken where the first is not a number.
            for (int v = 0; v < count; v++) maxima[v] = Avx.Max(Avx.LoadVector256(from + (v * 8L)), maxima[v]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (float Low, float High) Range(Vector256<float>* maxima, int vectors)
    {
        Vector256<float> low = maxima[0], high = low;
        for (int v = 1; v < vectors; v++)
        {
            low = Avx.Min(low, maxima[v]);
            high = Avx.Max(high, maxima[v]);
        }
        float least = low[0], most = high[0];
        for (int lane = 1; lane < 8; lane++)
        {
            least = MathF.Min(least, low[lane]);
            most = MathF.Max(most, high[lane]);
        }
        return (least, most);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Reaching(Vector256<float>* maxima, int vectors, float floor)
    {
        var floors = Vector256.Create(floor);
        var counts = Vector256<int>.Zero;
        for (int v = 0; v < vectors; v++)
        {
            // A true lane is -1.
            counts = Avx2.Subtract(counts, Avx.CompareGreaterThanOrEqual(maxima[v], floors).AsInt32());
        }
        return Vector256.Sum(counts);
    }
}
