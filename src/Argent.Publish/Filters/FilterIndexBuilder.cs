using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Builds the filter index of a catalogue: sizes every block for its items, then writes their bits.</summary>
static class FilterIndexBuilder
{
    // Terms of this many blocks are in memory at a time.
    const int BatchBlocks = 16;

    /// <summary>Builds the index.</summary>
    /// <param name="columns">Feature columns by row.</param>
    /// <param name="encoder">From features to terms and bitmap rows.</param>
    /// <param name="rows">[S] int32, the row of each slot, or -1.</param>
    /// <param name="rate">Declared false-positive rate.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">One unit per slot.</param>
    public static FilterWords Build(
        IReadOnlyList<FeatureColumn> columns, TermEncoder encoder, Tensor<int> rows, double rate,
        IKernels kernels, Progress progress)
    {
        int slots = (int)rows.Count, exactRows = encoder.Layout.ExactRows;
        int[] bloomRows = BloomRows(columns, encoder, rows, rate);
        var start = Tensor.Zeros<long>(new Shape(bloomRows.Length + 1));
        for (int b = 0; b < bloomRows.Length; b++)
        {
            start[b + 1] = start[b] + (long)(exactRows + bloomRows[b]) * FilterWords.BlockWords;
        }
        var words = new FilterWords
        {
            Rows = Tensor.Zeros<ulong>(new Shape(start[bloomRows.Length])),
            BlockStart = start,
            ExactRows = exactRows,
            HashCount = encoder.Layout.HashCount,
        };
        const int Batch = BatchBlocks * FilterWords.BlockSlots;
        for (int first = 0; first < slots; first += Batch)
        {
            int count = Math.Min(Batch, slots - first);
            var terms = encoder.Encode(columns, rows.Rows(first, count).Span);
            kernels.BuildSignatures(new BuildSignaturesArgs
            {
                Words = words,
                FirstSlot = first,
                TermStart = terms.TermStart,
                Terms = terms.Terms,
                ExactStart = terms.ExactStart,
                ExactRows = terms.ExactRows,
            });
            Free(terms);
            progress.Advance(count);
        }
        return words;
    }

    /// <summary>Bloom rows of every block; 0 everywhere when all features are bitmaps.</summary>
    static int[] BloomRows(IReadOnlyList<FeatureColumn> columns, TermEncoder encoder, Tensor<int> rows, double rate)
    {
        int slots = (int)rows.Count;
        int[] width = new int[(slots + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots];
        if (encoder.Layout.FirstExactRow.All(row => row >= 0)) return width;
        int[] terms = new int[slots];
        for (int s = 0; s < slots; s++) terms[s] = rows[s] < 0 ? -1 : encoder.CountTerms(columns, rows[s]);
        int[][] items = new int[width.Length][];
        for (int b = 0; b < width.Length; b++)
        {
            int first = b * FilterWords.BlockSlots;
            items[b] = Histogram(terms.AsSpan(first, Math.Min(FilterWords.BlockSlots, slots - first)));
        }
        var widths = new BloomWidth(encoder.Layout.HashCount);
        width = widths.Rows(items, rate);
        // A block of spare slots waits for typical items.
        int typical = widths.Rows([Histogram(terms)], rate)[0];
        for (int b = 0; b < width.Length; b++)
        {
            if (items[b].Length == 0) width[b] = typical;
        }
        return width;
    }

    /// <summary>How many slots have 0, 1, 2, ... terms; empty when all are spare.</summary>
    static int[] Histogram(ReadOnlySpan<int> terms)
    {
        int most = -1;
        foreach (int count in terms) most = Math.Max(most, count);
        int[] items = new int[most + 1];
        foreach (int count in terms)
        {
            if (count >= 0) items[count]++;
        }
        return items;
    }

    static void Free(ItemTerms terms)
    {
        terms.TermStart.Storage.Dispose();
        terms.Terms.Storage.Dispose();
        terms.ExactStart.Storage.Dispose();
        terms.ExactRows.Storage.Dispose();
    }
}
