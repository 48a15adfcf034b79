using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The best P of the scores of one query, given block by block: scores below a floor are dropped at sight, the others
/// become keys, and when the room for keys ends the best P of them stay.
/// </summary>
unsafe struct ListSelection
{
    /// <summary>Keys that are ranked by comparing each with each: for so few it is faster than sorting.</summary>
    const int RankedMax = 128;

    /// <summary>Keys past the last one that are read or written with it.</summary>
    const int Slack = 16;

    /// <summary>Keys, <see cref="Room"/> of them.</summary>
    public long* Keys;

    /// <summary>P.</summary>
    public int Kept;

    /// <summary>Room for keys.</summary>
    public int Room;

    int _count;
    float _floor;

    /// <summary>Room for keys that lets blocks of <paramref name="blockLists"/> be added and keeps selections rare.</summary>
    public static int RoomFor(int kept, int blockLists) => kept + Math.Max(kept, blockLists) + Slack;

    /// <summary>Room for the keys of several parts of the lists, each with its best.</summary>
    public static long RoomForParts(int kept, int parts) => (long)kept * parts + Slack;

    /// <summary>A selection that goes on from <paramref name="count"/> keys.</summary>
    public static ListSelection From(long* keys, int count, int kept) => new() { Keys = keys, Kept = kept, Room = count, _count = count };

    /// <summary>Starts over.</summary>
    public void Clear() => (_count, _floor) = (0, float.NegativeInfinity);

    /// <summary>Adds the scores of <paramref name="count"/> lists from <paramref name="first"/> on.</summary>
    public void Add(float* scores, int first, int count, long* spare)
    {
        if (_floor == float.NegativeInfinity && _count < Kept) _floor = ListFloor.Of(scores, count, Kept);
        if (_count + count + Slack > Room)
        {
            KeySelection.Partition(Keys, _count, Kept, spare);
            _count = Kept;
            _floor = RankKey.Score(KeySelection.Largest(Keys, Kept));
        }
        _count += _floor == float.NegativeInfinity
            ? AddAll(scores, first, count, Keys + _count)
            : AddFrom(scores, (first, count), _floor, Keys + _count);
    }

    /// <summary>Copies the keys of the best lists, in any order; returns how many there are, P at most.</summary>
    public int Take(long* keys, long* spare)
    {
        int taken = Math.Min(_count, Kept);
        KeySelection.Partition(Keys, _count, taken, spare);
        Unsafe.CopyBlockUnaligned(keys, Keys, (uint)taken * sizeof(long));
        return taken;
    }

    /// <summary>Writes the best lists in order, and their scores unless that is null.</summary>
    public void Finish(int* lists, float* scores, long* spare)
    {
        if (_count <= RankedMax)
        {
            Rank(lists, scores);
            return;
        }
        KeySelection.Partition(Keys, _count, Kept, spare);
        KeySort.Sort(Keys, Kept, spare);
        for (int p = 0; p < Kept; p++) lists[p] = (int)RankKey.Tie(Keys[p]);
        for (int p = 0; p < Kept && scores != null; p++) scores[p] = RankKey.Score(Keys[p]);
    }

    /// <summary>A key's place is the number of smaller ones, as all are different.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Rank(int* lists, float* scores)
    {
        long* places = stackalloc long[RankedMax + 16];
        long* keys = Keys;
        int count = _count;
        for (int i = 0; i < count; i += 16)
        {
            // Room past the last key is there; what it holds is ranked and not read.
            Vector256<long> k0 = Avx.LoadVector256(keys + i), k1 = Avx.LoadVector256(keys + i + 4);
            Vector256<long> k2 = Avx.LoadVector256(keys + i + 8), k3 = Avx.LoadVector256(keys + i + 12);
            Vector256<long> p0 = default, p1 = default, p2 = default, p3 = default;
            for (int j = 0; j < count; j++)
            {
                var other = Vector256.Create(keys[j]);
                p0 = Avx2.Subtract(p0, Avx2.CompareGreaterThan(k0, other));
                p1 = Avx2.Subtract(p1, Avx2.CompareGreaterThan(k1, other));
                p2 = Avx2.Subtract(p2, Avx2.CompareGreaterThan(k2, other));
                p3 = Avx2.Subtract(p3, Avx2.CompareGreaterThan(k3, other));
            }
            Avx.Store(places + i, p0);
            Avx.Store(places + i + 4, p1);
            Avx.Store(places + i + 8, p2);
            Avx.Store(places + i + 12, p3);
        }
        for (int i = 0; i < count; i++)
        {
            long place = places[i];
            if (place >= Kept) continue;
            lists[place] = (int)RankKey.Tie(keys[i]);
            if (scores != null) scores[place] = RankKey.Score(keys[i]);
        }
    }

    /// <summary>Keys of the scores that reach the floor; returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int AddFrom(float* scores, (int First, int Count) lists, float floor, long* keys)
    {
        var floors = Vector256.Create(floor);
        int added = 0, i = 0;
        for (; i + 32 <= lists.Count; i += 32)
        {
            uint reaching = Reaching(scores + i, floors) | Reaching(scores + i + 8, floors) << 8
                | Reaching(scores + i + 16, floors) << 16 | Reaching(scores + i + 24, floors) << 24;
            for (; reaching != 0; reaching &= reaching - 1)
            {
                int list = i + BitOperations.TrailingZeroCount(reaching);
                keys[added++] = RankKey.Of(scores[list] + 0f, (uint)(lists.First + list));
            }
        }
        for (; i < lists.Count; i++)
        {
            if (scores[i] >= floor) keys[added++] = RankKey.Of(scores[i] + 0f, (uint)(lists.First + i));
        }
        return added;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Reaching(float* scores, Vector256<float> floors) =>
        (uint)Avx.MoveMask(Avx.CompareGreaterThanOrEqual(Avx.LoadVector256(scores), floors));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int AddAll(float* scores, int first, int count, long* keys)
    {
        var lists = Avx2.Add(Vector256<int>.Indices, Vector256.Create(first));
        var worst = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            // The maximum turns what is not a number into the worst score, the sum -0 into 0.
            var eight = Avx.Add(Avx.Max(Avx.LoadVector256(scores + i), worst), Vector256<float>.Zero);
            RankKey.Store(keys + i, RankKey.Upper(eight), lists);
            lists = Avx2.Add(lists, Vector256.Create(8));
        }
        for (; i < count; i++)
        {
            keys[i] = RankKey.Of(float.IsNaN(scores[i]) ? float.NegativeInfinity : scores[i] + 0f, (uint)(first + i));
        }
        return count;
    }
}
