using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Where an item stands among everything that a request's heads scanned: the eligible items of the same lists are scanned
/// again, a run of lists at a time, and those before it are counted.
/// </summary>
/// <param name="stages">The modules.</param>
/// <param name="slot">The item.</param>
sealed class ScanRanks(RetrievalStages stages, int slot)
{
    // Runs of this many slots keep every eligible item of theirs, which takes 8 bytes a slot and head.
    const int RunSlots = 1 << 14;

    readonly int _row = stages.Index.Lists.Rows[slot];

    /// <summary>Eligible items before the item, by head.</summary>
    public required long[] Before { get; init; }

    /// <summary>Eligible items scanned, by head.</summary>
    public required long[] Eligible { get; init; }

    /// <summary>Counts over the lists of every head.</summary>
    /// <param name="codes">The heads' queries.</param>
    /// <param name="lists">[H, P] the lists that were scanned.</param>
    /// <param name="scores">The item's score for each head.</param>
    /// <param name="filter">Who is eligible.</param>
    /// <param name="pass">What it runs with.</param>
    public void Count(
        in QuantizedQueries codes, Tensor<int> lists, ReadOnlySpan<float> scores, QueryFilter? filter, in ForwardPass pass)
    {
        int probes = (int)lists.Shape[1];
        for (int first = 0, end; first < probes; first = end)
        {
            int slots = Widest(lists, first);
            for (end = first + 1; end < probes && slots + Widest(lists, end) <= RunSlots; end++) slots += Widest(lists, end);
            var mark = pass.Scratch.Mark();
            Count(codes, Columns(lists, first, end, pass.Scratch), Math.Max(1, slots), scores, filter, pass);
            pass.Scratch.Release(mark);
        }
    }

    void Count(
        in QuantizedQueries codes, Tensor<int> lists, int slots, ReadOnlySpan<float> scores, QueryFilter? filter,
        in ForwardPass pass)
    {
        var found = HeadCandidates.Rent(lists.Shape[0], slots, pass.Scratch);
        stages.Scan(codes, lists, filter, found, pass);
        var rows = stages.Index.Lists.Rows;
        for (int h = 0; h < scores.Length; h++)
        {
            int count = found.Found[h];
            Eligible[h] += count;
            for (int i = 0; i < count; i++)
            {
                float other = found.Scores[(long)h * slots + i];
                int row = rows[found.Slots[(long)h * slots + i]];
                // A score that is no number is behind all, as the scan never returns it.
                if (other > scores[h] || (other == scores[h] && row < _row) || float.IsNaN(scores[h])) Before[h]++;
            }
        }
    }

    /// <summary>Items of the longest of the heads' lists at a place of the probe's order.</summary>
    int Widest(Tensor<int> lists, int place)
    {
        int most = 0;
        for (long h = 0; h < lists.Shape[0]; h++)
        {
            int list = lists.Row(h)[place];
            if (list >= 0) most = Math.Max(most, stages.Index.Lists.ListCount[list]);
        }
        return most;
    }

    static Tensor<int> Columns(Tensor<int> lists, int first, int end, Scratch scratch)
    {
        var columns = scratch.Rent<int>(new Shape(lists.Shape[0], end - first));
        for (long h = 0; h < lists.Shape[0]; h++) lists.Row(h)[first..end].CopyTo(columns.Row(h));
        return columns;
    }
}
