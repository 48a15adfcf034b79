using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Makes one list of candidates of those that the heads of a request kept; an item appears once.</summary>
/// <remarks>Scores here are those of the int8 scan: they decide only who is rescored exactly, never the final order.</remarks>
public sealed class MergeHeads : Module
{
    // A few heads are kept whole; with more, the list is cut to as many candidates as four heads keep, because what
    // follows costs K1 times H.
    const int WholeHeads = 4;

    readonly MergeKind _kind;
    readonly float[] _weights;

    /// <summary>A merge of <paramref name="heads"/> heads.</summary>
    /// <param name="kind">Which items, and their order.</param>
    /// <param name="heads">H.</param>
    /// <param name="weights">Weight of each head for <see cref="MergeKind.WeightedSum"/>; null for 1 each.</param>
    /// <exception cref="ArgumentException">The number of weights is not H.</exception>
    public MergeHeads(MergeKind kind, int heads, IReadOnlyList<float>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        _kind = kind;
        _weights = weights is null || kind != MergeKind.WeightedSum ? [.. Enumerable.Repeat(1f, heads)] : [.. weights];
        if (_weights.Length != heads) throw new ArgumentException($"{_weights.Length} merge weights for {heads} heads.");
    }

    /// <summary>H.</summary>
    public int Heads => _weights.Length;

    /// <summary>K1 for K0 candidates of each head.</summary>
    public int Capacity(int kept) => checked(kept * Math.Min(Heads, WholeHeads));

    /// <summary>Merges the candidates of one request.</summary>
    /// <returns>Candidates in the merged list.</returns>
    public unsafe int Merge(in MergeHeadsArgs args, Scratch scratch)
    {
        int capacity = (int)args.Slots.Count;
        int count;
        if (Heads == 1)
        {
            count = args.Candidates.Found[args.FirstQuery];
            args.Slots.CopyFrom(args.Candidates.Slots.Rows(args.FirstQuery, 1));
        }
        else
        {
            var mark = scratch.Mark();
            var entries = new MergeTable(Heads * args.Candidates.Kept, scratch);
            Collect(in args, ref entries);
            count = Emit(in args, in entries, scratch);
            scratch.Release(mark);
        }
        new Span<int>(args.Slots.Pointer + count, capacity - count).Fill(FusedScanArgs.NoSlot);
        return count;
    }

    unsafe void Collect(in MergeHeadsArgs args, ref MergeTable entries)
    {
        var candidates = args.Candidates;
        float floor = 0;
        for (int h = 0; h < Heads; h++)
        {
            long q = args.FirstQuery + h;
            int found = candidates.Found[q];
            float* scores = candidates.Scores.Pointer + q * candidates.Kept;
            int* slots = candidates.Slots.Pointer + q * candidates.Kept;
            // An item that a head did not keep scores at most what the head's last candidate does: it is taken for that.
            float last = found == 0 ? 0 : _weights[h] * (scores[found - 1] + args.Offsets[q]);
            floor += last;
            for (int i = 0; i < found; i++)
            {
                float score = scores[i] + args.Offsets[q];
                ref var entry = ref entries.Of(slots[i]);
                entry.Best = Math.Max(entry.Best, score);
                entry.Sum += _weights[h] * score - last;
                entry.Heads++;
            }
        }
        entries.Floor = floor;
    }

    unsafe int Emit(in MergeHeadsArgs args, in MergeTable entries, Scratch scratch)
    {
        var keys = scratch.Rent<ulong>(new Shape(entries.Count));
        int count = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            ref var entry = ref entries[i];
            if (_kind == MergeKind.Intersection && entry.Heads < Heads) continue;
            float score = _kind == MergeKind.Union ? entry.Best : entry.Sum + entries.Floor;
            keys.Pointer[count++] = RankOrder.Key(score, args.Index.Rows.Pointer[entry.Slot]);
        }
        int kept = Math.Min(count, (int)args.Slots.Count);
        // Only a cut needs the order: the final one comes from exact scores.
        if (kept < count) new Span<ulong>(keys.Pointer, count).Sort();
        for (int i = 0; i < kept; i++)
        {
            args.Slots.Pointer[i] = args.Index.SlotOfRow.Pointer[RankOrder.Row(keys.Pointer[i])];
        }
        return kept;
    }
}

/// <summary>What one request's merge works on.</summary>
public readonly record struct MergeHeadsArgs
{
    /// <summary>Candidates of all queries.</summary>
    public required HeadCandidates Candidates { get; init; }

    /// <summary>The query of the request's first head.</summary>
    public required int FirstQuery { get; init; }

    /// <summary>[Q] float32, added to each query's scores to make heads comparable: query · centre of the codes.</summary>
    public required Tensor<float> Offsets { get; init; }

    /// <summary>Rows of slots and slots of rows.</summary>
    public required IvfTensors Index { get; init; }

    /// <summary>[K1] int32, overwritten: distinct slots, then <see cref="FusedScanArgs.NoSlot"/>.</summary>
    public required Tensor<int> Slots { get; init; }
}

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

/// <summary>What is known of one candidate during a merge.</summary>
struct MergeEntry
{
    public int Slot;
    public int Heads;
    public float Best;
    public float Sum;
}

/// <summary>Merge entries by slot: open addressing in scratch memory.</summary>
unsafe ref struct MergeTable
{
    readonly MergeEntry* _entries;
    readonly int* _places;
    readonly int _mask;

    public MergeTable(int capacity, Scratch scratch)
    {
        // At most half full, so that look-ups stay short.
        int places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, checked(2 * capacity)));
        _entries = (MergeEntry*)scratch.Rent<byte>(new Shape((long)capacity * sizeof(MergeEntry))).Pointer;
        var table = scratch.Rent<int>(new Shape(places));
        _places = table.Pointer;
        table.Span.Fill(-1);
        _mask = places - 1;
    }

    public int Count { get; private set; }

    /// <summary>What an item would have that every head just failed to keep.</summary>
    public float Floor { get; set; }

    public readonly ref MergeEntry this[int index] => ref _entries[index];

    public ref MergeEntry Of(int slot)
    {
        // Fibonacci hashing: neighbouring slots spread over the table.
        int place = (int)((uint)slot * 2654435769u >> 7) & _mask;
        while (_places[place] >= 0)
        {
            if (_entries[_places[place]].Slot == slot) return ref _entries[_places[place]];
            place = (place + 1) & _mask;
        }
        _places[place] = Count;
        _entries[Count] = new MergeEntry { Slot = slot, Best = float.NegativeInfinity };
        return ref _entries[Count++];
    }
}
