using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// An inverted file: lists end to end in slot order, each list starting at a multiple of 64 slots, with spare slots at
/// its end for later items.
/// </summary>
public sealed record IvfTensors
{
    /// <summary>[S, Dp] int8 codes by slot, in [-127, 127]; S is a multiple of 64, Dp of 64.</summary>
    public required Tensor<sbyte> Codes { get; init; }

    /// <summary>[S] float32, dequantisation factor of each code.</summary>
    public required Tensor<float> Scales { get; init; }

    /// <summary>[S] float32, added to the score: 0 for inner product, -|x|² / 2 for L2, or a learned item bias.</summary>
    public required Tensor<float> Bias { get; init; }

    /// <summary>[S / 64] uint64, bit s % 64 of word s / 64 says whether slot s holds a live item.</summary>
    public required Tensor<ulong> Live { get; init; }

    /// <summary>[S] int32, the item's row in item id order, or -1 for an empty slot.</summary>
    public required Tensor<int> Rows { get; init; }

    /// <summary>[R] int32, the slot of each item row, or -1.</summary>
    public required Tensor<int> SlotOfRow { get; init; }

    /// <summary>[L + 1] int32, first slot of each list, multiples of 64; the last entry is S.</summary>
    public required Tensor<int> ListStart { get; init; }

    /// <summary>[L] int32, slots in use at the start of each list.</summary>
    public required Tensor<int> ListCount { get; init; }

    /// <summary>L.</summary>
    public int NList => (int)ListCount.Count;

    /// <summary>Dp.</summary>
    public int PaddedDim => (int)Codes.Shape[1];
}
