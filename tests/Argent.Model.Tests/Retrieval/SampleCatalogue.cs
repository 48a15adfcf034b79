using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

/// <summary>Items with a colour (bitmap), tags (Bloom), a year (codes with few cuts) and missing values among all of them.</summary>
static class SampleCatalogue
{
    static readonly string[] _colors = ["blue", "green", "red", "white"];

    public static Catalogue Create(Random random, SampleOptions options)
    {
        int items = options.Items;
        var ids = options.HasTextIds
            ? ItemIds.FromSorted([.. Enumerable.Range(0, items).Select(i => $"item-{i:D6}")])
            : ItemIds.FromSorted([.. Enumerable.Range(0, items).Select(i => i * 3L + 5)]);
        string[] titles = [.. Enumerable.Range(0, items).Select(i => i % 5 == 0 ? "" : $"Nr. {i} — „ü“")];
        if (!options.HasFeatures) return new Catalogue(ids, titles, []);
        return new Catalogue(ids, titles,
        [
            Sets(random, new FeatureSpec("color", FeatureType.Category), _colors, items, 1),
            Sets(random, new FeatureSpec("tag", FeatureType.Categories), [.. Enumerable.Range(0, 60).Select(i => $"t{i}")], items, 4),
            FeatureColumn.Ordered(new FeatureSpec("year", FeatureType.Integer),
                [.. Enumerable.Range(0, items).Select(_ => random.Next(7) == 0 ? OrderedKey.Missing : random.Next(1990, 2000))]),
        ]);
    }

    public static FilterIndexLayout Layout(Catalogue catalogue) => new([0, -1, _colors.Length], _colors.Length + 3, 3)
    {
        Cuts = [null, null, new OrderedCuts([1992, 1995, 1998])],
    };

    public static ForwardIndex Forward(Catalogue catalogue, int[] rows) => new(catalogue.Schema, new ForwardValues(
        [.. catalogue.Columns.Select(column => Column(column, rows))]));

    public static FilterIndex Filter(Catalogue catalogue, FilterIndexLayout layout, int[] rows, IKernels kernels)
    {
        var (termStart, terms, exactStart, exact) = (new List<int> { 0 }, new List<ulong>(), new List<int> { 0 }, new List<int>());
        foreach (int row in rows)
        {
            if (row >= 0) AddTerms(catalogue, layout, row, terms, exact);
            termStart.Add(terms.Count);
            exactStart.Add(exact.Count);
        }
        int blocks = (rows.Length + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots;
        // Narrow, so that the Bloom rows give many false positives.
        long[] start = [.. Enumerable.Range(0, blocks + 1).Select(b => (long)b * (layout.ExactRows + 64) * FilterWords.BlockWords)];
        var words = new FilterWords
        {
            Rows = Tensor.Zeros<ulong>(new Shape(start[^1])),
            BlockStart = Tensor.From<long>(start),
            ExactRows = layout.ExactRows,
            HashCount = layout.HashCount,
        };
        kernels.BuildSignatures(new BuildSignaturesArgs
        {
            Words = words,
            FirstSlot = 0,
            TermStart = Tensor.From<int>([.. termStart]),
            Terms = Tensor.From<ulong>([.. terms]),
            ExactStart = Tensor.From<int>([.. exactStart]),
            ExactRows = Tensor.From<int>([.. exact]),
        });
        return new FilterIndex(words, layout);
    }

    static void AddTerms(Catalogue catalogue, FilterIndexLayout layout, int row, List<ulong> terms, List<int> exact)
    {
        foreach (int id in catalogue.Columns[0].Ids(row)) exact.Add(id);
        foreach (int id in catalogue.Columns[1].Ids(row)) terms.Add(Terms.Hash("tag", catalogue.Columns[1].Vocabulary![id]));
        int code = layout.CutsOf(2)!.Code(catalogue.Columns[2].Keys[row]);
        exact.AddRange(Enumerable.Range(0, 3).Where(bit => (code >> bit & 1) != 0).Select(bit => layout.FirstExactRow[2] + bit));
    }

    static FeatureColumn Sets(Random random, FeatureSpec spec, string[] values, int items, int most)
    {
        var start = new int[items + 1];
        var ids = new List<int>();
        for (int i = 0; i < items; i++)
        {
            ids.AddRange(Enumerable.Range(0, random.Next(most + 1)).Select(_ => random.Next(values.Length)).Distinct().Order());
            start[i + 1] = ids.Count;
        }
        return FeatureColumn.Categorical(spec, new Vocabulary(values), start, [.. ids]);
    }

    static ForwardColumn Column(FeatureColumn column, int[] rows)
    {
        if (column.Spec.IsOrdered)
        {
            return new ForwardColumn { Keys = Tensor.From<long>([.. rows.Select(r => r < 0 ? OrderedKey.Missing : column.Keys[r])]) };
        }
        var ranges = new long[rows.Length];
        var values = new List<int>();
        for (int s = 0; s < rows.Length; s++)
        {
            var ids = rows[s] < 0 ? [] : column.Ids(rows[s]);
            ranges[s] = ForwardColumn.PackRange(values.Count, ids.Length);
            values.AddRange(ids);
        }
        return new ForwardColumn { Ranges = Tensor.From<long>(ranges), Values = Tensor.From<int>([.. values]) };
    }
}
