using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

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

    /// <summary>Fills <see cref="Slots"/> with the items of the smallest keys and returns how many there are.</summary>
    internal unsafe int Take(Span<ulong> keys)
    {
        int kept = Math.Min(keys.Length, (int)Slots.Count);
        // Only a cut needs the order: the final one comes from exact scores.
        if (kept < keys.Length) keys.Sort();
        for (int i = 0; i < kept; i++) Slots.Pointer[i] = Index.SlotOfRow.Pointer[RankOrder.Row(keys[i])];
        return kept;
    }
}
