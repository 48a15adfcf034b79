using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Filter;

/// <summary>
/// A small random catalogue with every type of feature, and its forward values by slot: lists with spare slots, items in
/// shuffled order.
/// </summary>
sealed class FilteredIndex
{
    const int Dim = 64;

    // Ends of lists: starts at multiples of 64, sizes around them, one list empty.
    static readonly int[] _listCounts = [63, 0, 65, 1, 127];

    public FilteredIndex(Random random)
    {
        Catalogue = RandomCatalogue(random, _listCounts.Sum());
        Ivf = RandomIvf(random);
        Forward = new ForwardValues([.. Catalogue.Columns.Select(ForwardOf)]);
    }

    public Catalogue Catalogue { get; }

    public IvfTensors Ivf { get; }

    public ForwardValues Forward { get; }

    int Slots => (int)Ivf.Rows.Count;

    static Catalogue RandomCatalogue(Random random, int count)
    {
        long[] ids = [.. Enumerable.Range(0, count).Select(i => i * 3L)];
        return new Catalogue(ItemIds.FromSorted(ids), null,
        [
            Sets(random, new("language", FeatureType.Category), count, 6, 1),
            Sets(random, new("genre", FeatureType.Categories), count, 15, 4),
            Sets(random, new("author", FeatureType.Categories), count, 90, 3),
            Sets(random, new("title", FeatureType.Text), count, 40, 1),
            Keys(random, new("year", FeatureType.Integer), count, r => r.Next(20) == 0 ? long.MinValue + r.Next(1, 3) : r.Next(-3, 12)),
            Keys(random, new("price", FeatureType.Number), count, r => OrderedKey.FromNumber(r.Next(-4, 9) * 0.1)),
            Keys(random, new("published date", FeatureType.Date), count, r => r.Next(-3, 9) * 86_400L + r.Next(2) * r.Next(86_400)),
        ]);
    }

    static FeatureColumn Sets(Random random, FeatureSpec spec, int count, int values, int most)
    {
        var vocabulary = new Vocabulary(Enumerable.Range(0, values).Select(i => i % 3 == 0 ? $"it's {spec.Name} {i}" : $"{i}"));
        var start = new int[count + 1];
        var ids = new List<int>();
        for (int i = 0; i < count; i++)
        {
            var drawn = Enumerable.Range(0, random.Next(most + 1)).Select(_ => Math.Min(random.Next(values), random.Next(values)));
            ids.AddRange(drawn.Distinct().Order());
            start[i + 1] = ids.Count;
        }
        return FeatureColumn.Categorical(spec, vocabulary, start, [.. ids]);
    }

    static FeatureColumn Keys(Random random, FeatureSpec spec, int count, Func<Random, long> key) =>
        FeatureColumn.Ordered(spec, [.. Enumerable.Range(0, count).Select(_ => random.Next(6) == 0 ? OrderedKey.Missing : key(random))]);

    static IvfTensors RandomIvf(Random random)
    {
        int items = _listCounts.Sum();
        var order = Enumerable.Range(0, items).ToArray();
        random.Shuffle(order);
        int[] starts = new int[_listCounts.Length + 1];
        for (int l = 0; l < _listCounts.Length; l++) starts[l + 1] = starts[l] + (_listCounts[l] / 64 + 2) * 64;
        int slots = starts[^1];
        var ivf = new IvfTensors
        {
            Codes = Tensor.Zeros<sbyte>(new(slots, Dim)),
            Scales = Tensor.Zeros<float>(new(slots)),
            Bias = Tensor.Zeros<float>(new(slots)),
            Live = Tensor.Zeros<ulong>(new(slots / 64)),
            Rows = Tensor.Zeros<int>(new(slots)),
            SlotOfRow = Tensor.Zeros<int>(new(items)),
            ListStart = Tensor.From<int>(starts),
            ListCount = Tensor.From<int>(_listCounts),
        };
        ivf.Rows.Span.Fill(-1);
        int next = 0;
        for (int l = 0; l < _listCounts.Length; l++)
        {
            for (int slot = starts[l]; slot < starts[l] + _listCounts[l]; slot++) Place(ivf, random, slot, order[next++]);
        }
        return ivf;
    }

    static void Place(IvfTensors ivf, Random random, int slot, int row)
    {
        for (int d = 0; d < Dim; d++) ivf.Codes[slot * Dim + d] = (sbyte)random.Next(-127, 128);
        ivf.Scales[slot] = random.NextSingle() + 0.1f;
        (ivf.Rows[slot], ivf.SlotOfRow[row]) = (row, slot);
        ivf.Live[slot / 64] |= 1UL << (slot % 64);
    }

    ForwardColumn ForwardOf(FeatureColumn column)
    {
        if (column.Spec.IsOrdered)
        {
            var keys = Tensor.Zeros<long>(new(Slots));
            for (int s = 0; s < Slots; s++) keys[s] = Ivf.Rows[s] < 0 ? OrderedKey.Missing : column.Keys[Ivf.Rows[s]];
            return new ForwardColumn { Keys = keys };
        }
        var ranges = Tensor.Zeros<long>(new(Slots));
        var values = new List<int>();
        for (int s = 0; s < Slots; s++)
        {
            var ids = Ivf.Rows[s] < 0 ? [] : column.Ids(Ivf.Rows[s]);
            ranges[s] = ForwardColumn.PackRange(values.Count, ids.Length);
            values.AddRange(ids);
        }
        return new ForwardColumn { Ranges = ranges, Values = Tensor.From<int>([.. values]) };
    }
}
