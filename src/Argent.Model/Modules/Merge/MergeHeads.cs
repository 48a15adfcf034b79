using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Makes one list of candidates of those that the heads of a request kept; an item appears once.</summary>
/// <remarks>
/// Scores here are those of the int8 scan: they decide only who is rescored exactly, never the final order. What is kept
/// depends on the request alone: ties break by item.
/// </remarks>
public sealed class MergeHeads : Module
{
    // A few heads are kept whole; with more, the list is cut to as many candidates as four heads keep, because what
    // follows costs K1 times H.
    const int WholeHeads = 4;

    readonly MergeConfig _config;
    readonly MergeOperator? _own;
    readonly float[] _weights;

    /// <summary>A merge of <paramref name="heads"/> heads.</summary>
    /// <exception cref="ArgumentException">The number of weights is not H, or there is no merge of that name.</exception>
    public MergeHeads(MergeConfig config, int heads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        config.Check(heads);
        _config = config;
        _own = config.Operator is { } name ? MergeOperators.Find(name) : null;
        _weights = config.Weights is null ? [.. Enumerable.Repeat(1f, heads)] : [.. config.Weights];
    }

    /// <summary>H.</summary>
    public int Heads => _weights.Length;

    /// <summary>Whether an item that a head keeps may be left out although there is room.</summary>
    public bool MayLeaveOut => Heads > 1 && _config.Kind is MergeKind.Intersection or MergeKind.Custom;

    /// <summary>K1 for K0 candidates of each head.</summary>
    public int Capacity(int kept) =>
        _config.Kind == MergeKind.RoundRobin ? kept : checked(kept * Math.Min(Heads, WholeHeads));

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
            count = _config.Kind switch
            {
                MergeKind.RoundRobin => TakeTurns(in args, ref entries),
                MergeKind.Custom => new OperatorMerge(_own!, Heads).Merge(in args, ref entries, scratch),
                _ => MergeScores(in args, ref entries, scratch),
            };
            scratch.Release(mark);
        }
        new Span<int>(args.Slots.Pointer + count, capacity - count).Fill(FusedScanArgs.NoSlot);
        return count;
    }

    /// <summary>The best of every head, then the second best of every head, and so on, without those that came before.</summary>
    unsafe int TakeTurns(in MergeHeadsArgs args, ref MergeTable entries)
    {
        int kept = args.Candidates.Kept, capacity = (int)args.Slots.Count;
        for (int rank = 0; rank < kept && entries.Count < capacity; rank++)
        {
            for (int h = 0; h < Heads && entries.Count < capacity; h++)
            {
                long q = args.FirstQuery + h;
                if (rank < args.Candidates.Found[q]) entries.Of(args.Candidates.Slots.Pointer[q * kept + rank]);
            }
        }
        for (int i = 0; i < entries.Count; i++) args.Slots.Pointer[i] = entries[i].Slot;
        return entries.Count;
    }

    unsafe int MergeScores(in MergeHeadsArgs args, ref MergeTable entries, Scratch scratch)
    {
        float floor = Collect(in args, ref entries);
        var keys = scratch.Rent<ulong>(new Shape(entries.Count));
        int count = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            ref var entry = ref entries[i];
            if (_config.Kind == MergeKind.Intersection && entry.Heads < Heads) continue;
            float score = _config.Kind == MergeKind.Union ? entry.Best : entry.Sum + floor;
            keys.Pointer[count++] = RankOrder.Key(score, args.Index.Rows.Pointer[entry.Slot]);
        }
        return args.Take(new Span<ulong>(keys.Pointer, count));
    }

    /// <summary>Adds up what the heads say of each item; returns what an item would have that every head just failed to keep.</summary>
    unsafe float Collect(in MergeHeadsArgs args, ref MergeTable entries)
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
        return floor;
    }
}
