using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The filter index: bitmaps of small vocabularies, codes of ordered features and Bloom rows of all other values, in
/// blocks of 512 slots. It may include items that do not match and never omits one that does.
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
    [
        ("rows", AnyTensor.From(Words.Rows)),
        ("block_start", AnyTensor.From(Words.BlockStart)),
        ("cut_start", AnyTensor.From(CutStart())),
        ("cuts", AnyTensor.From(Tensor.From<long>([.. Enumerable.Range(0, Features).SelectMany(f => CutsOf(f).ToArray())]))),
    ];

    int Features => Layout.FirstExactRow.Length;

    ReadOnlySpan<long> CutsOf(int feature) => Layout.CutsOf(feature) is { } cuts ? cuts.Cuts : [];

    Tensor<long> CutStart()
    {
        var start = Tensor.Zeros<long>(new Shape(Features + 1));
        for (int f = 0; f < Features; f++) start[f + 1] = start[f] + CutsOf(f).Length;
        return start;
    }

    /// <summary>Binds the cuts of all ordered features: feature f has <c>filter.cuts[cut_start[f] .. cut_start[f + 1]]</c>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static IReadOnlyList<OrderedCuts?> CutsFrom(TensorSource source, IReadOnlyList<FeatureSpec> features)
    {
        const string Name = "filter.cut_start";
        var start = source.Get<long>(Name, features.Count + 1);
        var cuts = source.Get<long>("filter.cuts", -1);
        var bound = new OrderedCuts?[features.Count];
        for (int f = 0; f < bound.Length; f++)
        {
            long from = start[f], to = start[f + 1];
            bool fits = from >= 0 && to >= from && to <= cuts.Count && (features[f].IsOrdered || to == from);
            if (!fits) throw source.Bad(Name, $"gives feature '{features[f].Name}' the cuts {from} to {to} of {cuts.Count}");
            if (!features[f].IsOrdered) continue;
            try
            {
                bound[f] = new OrderedCuts(cuts.Rows(from, to - from).ToArray());
            }
            catch (ArgumentException e)
            {
                throw source.Bad("filter.cuts", $"is inconsistent for feature '{features[f].Name}': {e.Message}");
            }
        }
        return bound;
    }

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
