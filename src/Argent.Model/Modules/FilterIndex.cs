using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The filter index: bitmaps of small vocabularies and Bloom rows of all other values, in blocks of 512 slots. It may
/// include items that do not match and never omits one that does.
/// </summary>
/// <param name="words">The bit rows.</param>
/// <param name="layout">Which rows belong to which feature.</param>
public sealed class FilterIndex(FilterWords words, FilterIndexLayout layout) : Module
{
    /// <summary>The bit rows.</summary>
    public FilterWords Words { get; } = words;

    /// <summary>Which rows belong to which feature.</summary>
    public FilterIndexLayout Layout { get; } = layout;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("rows", AnyTensor.From(Words.Rows)), ("block_start", AnyTensor.From(Words.BlockStart))];

    /// <summary>Binds <c>filter.*</c>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static FilterIndex FromTensors(TensorSource source, FilterIndexLayout layout, int slots)
    {
        int blocks = (slots + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots;
        var rows = source.Get<ulong>("filter.rows", -1);
        var start = source.Get<long>("filter.block_start", blocks + 1);
        long least = (long)layout.ExactRows * FilterWords.BlockWords;
        bool fits = start[0] == 0 && start[blocks] == rows.Count;
        for (int b = 0; fits && b < blocks; b++)
        {
            long words = start[b + 1] - start[b];
            fits = words >= least && words % FilterWords.BlockWords == 0;
        }
        if (!fits)
        {
            throw source.Bad("filter.block_start", $"does not divide the {rows.Count} words of 'filter.rows' into {blocks} blocks");
        }
        var bits = new FilterWords { Rows = rows, BlockStart = start, ExactRows = layout.ExactRows, HashCount = layout.HashCount };
        return new FilterIndex(bits, layout);
    }
}
