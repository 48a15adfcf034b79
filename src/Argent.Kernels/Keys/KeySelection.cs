using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Finds the smallest of many 64-bit keys: quickselect whose partition is a vector compare and compaction.</summary>
static unsafe class KeySelection
{
    const int SampleMax = 64;
    const int SmallCount = 48;

    /// <summary>
    /// Moves the <paramref name="kept"/> smallest of <paramref name="count"/> keys to the front, in any order; the others
    /// follow. <paramref name="spare"/> has room for as many keys.
    /// </summary>
    public static void Partition(long* keys, int count, int kept, long* spare)
    {
        // Keys before `done` are among the smallest; keys from `count` on are not.
        int done = 0;
        while (done < kept && kept < count)
        {
            int active = count - done;
            if (active <= SmallCount)
            {
                new Span<long>(keys + done, active).Sort();
                return;
            }
            long pivot = Pivot(keys + done, active, kept - done);
            int smaller = Split(keys + done, active, pivot, spare);
            if (smaller == 0)
            {
                // The pivot is the minimum: its copies go to the front, so that every round moves something.
                smaller = pivot == long.MaxValue ? active : Split(keys + done, active, pivot + 1, spare);
                if (done + smaller >= kept) return;
            }
            if (done + smaller <= kept) done += smaller;
            else count = done + smaller;
        }
    }

    /// <summary>The largest of <paramref name="count"/> keys, of which there is at least one.</summary>
    public static long Largest(long* keys, int count) => Bounds(keys, count).Most;

    /// <summary>The smallest and the largest of <paramref name="count"/> keys, of which there is at least one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static (long Least, long Most) Bounds(long* keys, int count)
    {
        var (low, high) = (Vector256.Create(keys[0]), Vector256.Create(keys[0]));
        var (low2, high2) = (low, high);
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var (four, next) = (Avx.LoadVector256(keys + i), Avx.LoadVector256(keys + i + 4));
            (low, high) = (Vector256.Min(low, four), Vector256.Max(high, four));
            (low2, high2) = (Vector256.Min(low2, next), Vector256.Max(high2, next));
        }
        (low, high) = (Vector256.Min(low, low2), Vector256.Max(high, high2));
        var (least, most) = (low[0], high[0]);
        for (int lane = 1; lane < 4; lane++) (least, most) = (Math.Min(least, low[lane]), Math.Max(most, high[lane]));
        for (; i < count; i++) (least, most) = (Math.Min(least, keys[i]), Math.Max(most, keys[i]));
        return (least, most);
    }

    /// <summary>The key of about rank <paramref name="kept"/>, estimated from evenly spaced keys.</summary>
    static long Pivot(long* keys, int count, int kept)
    {
        long* sample = stackalloc long[SampleMax];
        int size = count >= 4096 ? SampleMax : 16;
        long stride = count / size;
        for (int i = 0; i < size; i++) sample[i] = keys[i * stride];
        new Span<long>(sample, size).Sort();
        int rank = (int)((long)kept * size / count);
        return sample[Math.Clamp(rank, 0, size - 1)];
    }

    /// <summary>Moves keys below the pivot to the front and the others behind them; returns how many are below.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static int Split(long* keys, int count, long pivot, long* spare)
    {
        int* orders = Compaction.Of64;
        var pivots = Vector256.Create(pivot);
        int below = 0, above = 0, i = 0;
        for (; i + 4 <= count; i += 4)
        {
            var four = Avx.LoadVector256(keys + i);
            int mask = Avx.MoveMask(Avx2.CompareGreaterThan(pivots, four).AsDouble());
            var front = Avx2.PermuteVar8x32(four.AsInt32(), Avx.LoadVector256(orders + mask * 8));
            var back = Avx2.PermuteVar8x32(four.AsInt32(), Avx.LoadVector256(orders + (mask ^ 15) * 8));
            // In place: `below` never passes i, so only keys already read are overwritten.
            Avx.Store((int*)(keys + below), front);
            Avx.Store((int*)(spare + above), back);
            int chosen = BitOperations.PopCount((uint)mask);
            below += chosen;
            above += 4 - chosen;
        }
        for (; i < count; i++)
        {
            long key = keys[i];
            if (key < pivot) keys[below++] = key;
            else spare[above++] = key;
        }
        Unsafe.CopyBlockUnaligned(keys + below, spare, (uint)above * sizeof(long));
        return below;
    }
}
