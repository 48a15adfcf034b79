using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The masks of a run of blocks: which slots may be eligible, decided from the filter index alone, live or not.
/// </summary>
/// <remarks>
/// Source: SilverTorch (arXiv 2511.14881) 4.1, the Bloom index. A mask may include slots that do not match, never omits
/// one that does, and is exact where <see cref="FilterProgram.NeedsVerification"/> is false. A search evaluates only
/// the blocks of its probed lists, inside the scan; this operation is for whole catalogues.
/// </remarks>
public readonly record struct FilterMaskArgs
{
    /// <summary>The filter.</summary>
    public required FilterProgram Program { get; init; }

    /// <summary>The filter index.</summary>
    public required FilterWords Words { get; init; }

    /// <summary>The first block.</summary>
    public required long FirstBlock { get; init; }

    /// <summary>[n, 8] uint64, overwritten: bit s % 64 of word s / 64 is slot s, counted from the first block's first.</summary>
    public required Tensor<ulong> Masks { get; init; }
}
