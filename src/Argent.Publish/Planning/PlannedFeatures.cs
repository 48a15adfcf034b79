using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The features of a catalogue of which nothing is known but numbers: one typical item stands for all.</summary>
/// <param name="Columns">The features of that item.</param>
sealed record PlannedFeatures(IReadOnlyList<FeatureColumn> Columns)
{
    /// <summary>An item whose values are spread evenly over its features.</summary>
    public static PlannedFeatures Of(PlanOptions options)
    {
        var columns = new List<FeatureColumn>();
        var vocabulary = new Vocabulary(Enumerable.Range(0, options.Features == 0 ? 0 : options.Vocabulary)
            .Select(v => v.ToString("D7", CultureInfo.InvariantCulture)));
        for (int f = 0; f < options.Features; f++)
        {
            int values = options.ValuesPerItem / options.Features + (f < options.ValuesPerItem % options.Features ? 1 : 0);
            var spec = new FeatureSpec(string.Create(CultureInfo.InvariantCulture, $"f{f}"), FeatureType.Categories);
            columns.Add(FeatureColumn.Categorical(spec, vocabulary, [0, values], [.. Enumerable.Range(0, values)]));
        }
        for (int f = 0; f < options.OrderedFeatures; f++)
        {
            var spec = new FeatureSpec(string.Create(CultureInfo.InvariantCulture, $"n{f}"), FeatureType.Integer);
            // So many different keys that codes get all the bits that the rate asks for.
            columns.Add(FeatureColumn.Ordered(spec, [.. Enumerable.Range(0, 1 << OrderedCuts.RowsMax).Select(key => (long)key)]));
        }
        return new PlannedFeatures(columns);
    }

    /// <summary>The filter index where every block holds the mean number of typical items.</summary>
    public FilterIndex Filter(PlanOptions options, int slots, TensorMaker maker)
    {
        var layout = FilterIndexPlan.Of(Columns, options.FalsePositiveRate);
        int blocks = (slots + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots;
        long rows = layout.ExactRows;
        if (layout.FirstExactRow.Any(row => row < 0))
        {
            int[] itemsByTerms = new int[new TermEncoder(Schema, layout).CountTerms(Columns, 0) + 1];
            itemsByTerms[^1] = (int)Math.Max(1, (long)options.Items * FilterWords.BlockSlots / slots);
            rows += new BloomWidth(layout.HashCount).Rows([itemsByTerms], options.FalsePositiveRate)[0];
        }
        var words = new FilterWords
        {
            Rows = maker.Make<ulong>(new Shape(blocks * rows * FilterWords.BlockWords)),
            BlockStart = maker.Make<long>(new Shape(blocks + 1)),
            ExactRows = layout.ExactRows,
            HashCount = layout.HashCount,
        };
        return new FilterIndex(words, layout);
    }

    /// <summary>The forward index of all items.</summary>
    public ForwardIndex Forward(PlanOptions options, long slots, TensorMaker maker)
    {
        var columns = Columns.Select(column => column.Spec.IsOrdered
            ? new ForwardColumn { Keys = maker.Make<long>(new Shape(slots)) }
            : new ForwardColumn
            {
                Ranges = maker.Make<long>(new Shape(slots)),
                Values = maker.Make<int>(new Shape((long)options.Items * column.Ids(0).Length)),
            });
        var counts = Columns.Select<FeatureColumn, FeatureCounts>(
            column => column.Spec.IsOrdered ? Keys(maker) : Values(column.Vocabulary!.Count, maker));
        return new ForwardIndex(Schema, new ForwardValues([.. columns]), [.. counts]);
    }

    static KeyCounts Keys(TensorMaker maker)
    {
        // As many keys as are counted one by one; more come to twice these steps at most.
        var steps = new Shape(KeyCounts.ExactMax);
        return new KeyCounts(maker.Make<long>(steps), maker.Make<long>(steps), maker.Make<int>(steps));
    }

    static ValueCounts Values(int values, TensorMaker maker) =>
        new ValueCounts(maker.Make<int>(new Shape(values)), maker.Make<long>(new Shape(1)));

    FeatureSchema Schema => new([.. Columns.Select(c => c.Spec)], [.. Columns.Select(c => c.Vocabulary)]);
}
