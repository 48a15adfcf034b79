using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>What the scan keeps for each query, best first.</summary>
/// <param name="Scores">[Q, K0] float32, -infinity where unfilled.</param>
/// <param name="Slots">[Q, K0] int32, <see cref="FusedScanArgs.NoSlot"/> where unfilled.</param>
/// <param name="Found">[Q] int32, filled places.</param>
/// <param name="EligibleSeen">[Q] int64.</param>
public readonly record struct HeadCandidates(
    Tensor<float> Scores, Tensor<int> Slots, Tensor<int> Found, Tensor<long> EligibleSeen)
{
    /// <summary>K0.</summary>
    public int Kept => (int)Scores.Shape[1];

    /// <summary>Room for the candidates of a scan.</summary>
    public static HeadCandidates Rent(long queries, int kept, Scratch scratch) => new(
        scratch.Rent<float>(new Shape(queries, kept)),
        scratch.Rent<int>(new Shape(queries, kept)),
        scratch.Rent<int>(new Shape(queries)),
        scratch.Rent<long>(new Shape(queries)));

    /// <summary>Leaves every row without candidates.</summary>
    public void Clear()
    {
        Found.Span.Clear();
        EligibleSeen.Span.Clear();
    }

    /// <summary>
    /// Merges row <paramref name="from"/> of another scan, over other lists, into row <paramref name="into"/>: the best
    /// K0 of both, score descending, then item row ascending.
    /// </summary>
    public unsafe void Absorb(int into, in HeadCandidates other, int from, IvfTensors index, Scratch scratch)
    {
        int kept = Kept, left = Found[into], right = other.Found[from];
        EligibleSeen[into] += other.EligibleSeen[from];
        if (right == 0) return;
        if (left == 0)
        {
            other.Scores.Row(from).CopyTo(Scores.Row(into));
            other.Slots.Row(from).CopyTo(Slots.Row(into));
            Found[into] = right;
            return;
        }
        var mark = scratch.Mark();
        float* scores = scratch.Rent<float>(new Shape(kept)).Pointer;
        int* slots = scratch.Rent<int>(new Shape(kept)).Pointer;
        float* leftScores = Scores.Pointer + (long)into * kept, rightScores = other.Scores.Pointer + (long)from * kept;
        int* leftSlots = Slots.Pointer + (long)into * kept, rightSlots = other.Slots.Pointer + (long)from * kept;
        int* rows = index.Rows.Pointer;
        int total = Math.Min(kept, left + right), l = 0, r = 0;
        for (int i = 0; i < total; i++)
        {
            bool takeLeft = r == right || (l < left && (leftScores[l] > rightScores[r]
                || (leftScores[l] == rightScores[r] && rows[leftSlots[l]] < rows[rightSlots[r]])));
            scores[i] = takeLeft ? leftScores[l] : rightScores[r];
            slots[i] = takeLeft ? leftSlots[l++] : rightSlots[r++];
        }
        Buffer.MemoryCopy(scores, leftScores, (long)kept * sizeof(float), (long)total * sizeof(float));
        Buffer.MemoryCopy(slots, leftSlots, (long)kept * sizeof(int), (long)total * sizeof(int));
        Found[into] = total;
        scratch.Release(mark);
    }
}
