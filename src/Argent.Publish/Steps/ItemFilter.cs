using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The filter index of the items and what was measured about it.</summary>
/// <param name="Index">The bit rows.</param>
/// <param name="Measured">False positives.</param>
/// <param name="DeclaredRate">The rate that the width was chosen for.</param>
sealed record ItemFilter(FilterIndex Index, FalsePositives Measured, double DeclaredRate)
{
    const string Bitmap = "bitmap", Codes = "codes", Bloom = "bloom";

    /// <summary>Builds and measures.</summary>
    /// <param name="catalogue">Items and features.</param>
    /// <param name="rows">[S] int32, the row of each slot, or -1.</param>
    /// <param name="options">Rate and seed.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">One unit per slot.</param>
    public static ItemFilter Of(
        Catalogue catalogue, Tensor<int> rows, PublishOptions options, IKernels kernels, Progress progress)
    {
        var layout = FilterIndexPlan.Of(catalogue.Columns, options.FalsePositiveRate);
        var encoder = new TermEncoder(catalogue.Schema, layout);
        var words = FilterIndexBuilder.Build(catalogue.Columns, encoder, rows, options.FalsePositiveRate, kernels, progress);
        var measured = FalsePositives.Measure(catalogue.Columns, layout, words, rows, new SeededRandom(options.Seed));
        return new ItemFilter(new FilterIndex(words, layout), measured, options.FalsePositiveRate);
    }

    /// <summary>The figures of the report.</summary>
    public FilterReport Report(FeatureSchema schema)
    {
        var (words, layout) = (Index.Words, Index.Layout);
        long blocks = words.BlockStart.Count - 1;
        double rows = (double)words.Rows.Count / FilterWords.BlockWords / blocks;
        string[] Names(string index) => [.. Features(schema, layout).Where(f => f.Index == index).Select(f => f.Name)];
        return new FilterReport(
            Names(Bitmap), Names(Codes), Names(Bloom), layout.ExactRows, rows - layout.ExactRows, layout.HashCount,
            DeclaredRate, Measured.Rate, Measured.Terms);
    }

    /// <summary>The features of the manifest.</summary>
    public static IReadOnlyList<FeatureDescription> Features(FeatureSchema schema, FilterIndexLayout layout) =>
    [
        .. schema.Features.Select((feature, f) => new FeatureDescription(
            feature.Name, feature.Type, feature.IsOrdered ? Codes : layout.FirstExactRow[f] >= 0 ? Bitmap : Bloom, layout.FirstExactRow[f],
            schema.Vocabularies[f]?.Count ?? 0)),
    ];
}
