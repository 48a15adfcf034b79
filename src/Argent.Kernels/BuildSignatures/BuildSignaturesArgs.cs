using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Replaces the filter-index bits of slots [FirstSlot, FirstSlot + n): clears their columns, then sets their terms.</summary>
public readonly record struct BuildSignaturesArgs
{
    /// <summary>The filter index to write.</summary>
    public required FilterWords Words { get; init; }

    /// <summary>The first slot.</summary>
    public required int FirstSlot { get; init; }

    /// <summary>[n + 1] int32, bounds of each slot's Bloom terms.</summary>
    public required Tensor<int> TermStart { get; init; }

    /// <summary>[t] uint64 hashes of Bloom terms.</summary>
    public required Tensor<ulong> Terms { get; init; }

    /// <summary>[n + 1] int32, bounds of each slot's bitmap rows.</summary>
    public required Tensor<int> ExactStart { get; init; }

    /// <summary>[e] int32 bitmap rows, each in [0, ExactRows).</summary>
    public required Tensor<int> ExactRows { get; init; }
}
