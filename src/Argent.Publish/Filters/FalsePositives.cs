using System.Numerics;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The false-positive rate of a filter index as it really is: terms of real items, asked of other real items.</summary>
/// <param name="Terms">Terms asked.</param>
/// <param name="Asked">Items that lack the term asked for, over all terms.</param>
/// <param name="Passed">Those of them that the index did not rule out.</param>
sealed record FalsePositives(int Terms, long Asked, long Passed)
{
    const int TermsMax = 256, BlocksMax = 64;

    /// <summary>Share of items that pass although they lack the term; 0 when nothing was asked.</summary>
    public double Rate => Asked == 0 ? 0 : (double)Passed / Asked;

    /// <summary>Measures over a sample of terms and blocks.</summary>
    /// <param name="columns">Feature columns by row.</param>
    /// <param name="layout">Which features have Bloom terms.</param>
    /// <param name="words">The filter index.</param>
    /// <param name="rows">[S] int32, the row of each slot, or -1.</param>
    /// <param name="random">Chance.</param>
    public static FalsePositives Measure(
        IReadOnlyList<FeatureColumn> columns, FilterIndexLayout layout, FilterWords words, Tensor<int> rows,
        SeededRandom random)
    {
        // Bitmaps have none.
        int[] features = [.. Enumerable.Range(0, columns.Count).Where(f => columns[f].Spec.IsOrdered || layout.FirstExactRow[f] < 0)];
        if (features.Length == 0) return new FalsePositives(0, 0, 0);
        int[] blocks = random.Rows((int)words.BlockStart.Count - 1, BlocksMax);
        var sum = new FalsePositives(0, 0, 0);
        for (int attempt = 0; attempt < TermsMax * 4 && sum.Terms < TermsMax; attempt++)
        {
            int feature = features[random.Below(features.Length)];
            if (Draw(columns[feature], feature, layout, ref random) is { } value) sum = Ask(value, words, blocks, rows, sum);
        }
        return sum;
    }

    /// <summary>A value of a random item, or null when that item has none or the index answers for it exactly.</summary>
    static FeatureValue? Draw(FeatureColumn column, int feature, FilterIndexLayout layout, ref SeededRandom random)
    {
        int row = random.Below(column.Count);
        if (column.Spec.IsOrdered)
        {
            long key = column.Keys[row];
            if (key == OrderedKey.Missing || layout.CutsOf(feature) is not { } cuts || cuts.Cuts.BinarySearch(key) >= 0) return null;
            int code = cuts.Code(key);
            return new FeatureValue(column, key, MaskLeaf.Codes(layout.FirstExactRow[feature], cuts.RowCount, code, code));
        }
        var ids = column.Ids(row);
        if (ids.Length == 0) return null;
        int id = ids[random.Below(ids.Length)];
        return new FeatureValue(column, id, MaskLeaf.Bloom(Model.Terms.Hash(column.Spec.Name, column.Vocabulary![id])));
    }

    static FalsePositives Ask(
        in FeatureValue value, FilterWords words, int[] blocks, Tensor<int> rows, FalsePositives sum)
    {
        var program = new FilterProgram
        {
            MaskOps = [0],
            MaskLeaves = [value.Leaf],
            NeedsVerification = true,
            ExactOps = [FilterProgram.All],
            ExactLeaves = [],
            Values = [],
        };
        long asked = 0, passed = 0;
        foreach (int block in blocks)
        {
            long firstWord = (long)block * FilterWords.BlockWords;
            long lastWord = Math.Min(firstWord + FilterWords.BlockWords, rows.Count / ListLayout.WordSlots);
            for (long w = firstWord; w < lastWord; w++)
            {
                ulong lacking = Lacking(value, rows, w);
                asked += BitOperations.PopCount(lacking);
                passed += BitOperations.PopCount(lacking & MaskFilter.Word(program, words, w));
            }
        }
        return new FalsePositives(sum.Terms + 1, sum.Asked + asked, sum.Passed + passed);
    }

    /// <summary>Slots of a word that hold an item without the value.</summary>
    static ulong Lacking(in FeatureValue value, Tensor<int> rows, long word)
    {
        ulong lacking = 0;
        for (int i = 0; i < ListLayout.WordSlots; i++)
        {
            int row = rows[word * ListLayout.WordSlots + i];
            if (row >= 0 && !value.IsOf(row)) lacking |= 1UL << i;
        }
        return lacking;
    }

    readonly record struct FeatureValue(FeatureColumn Column, long Value, MaskLeaf Leaf)
    {
        public bool IsOf(int row) => Column.Spec.IsOrdered
            ? Column.Keys[row] == Value
            : Column.Ids(row).BinarySearch((int)Value) >= 0;
    }
}
