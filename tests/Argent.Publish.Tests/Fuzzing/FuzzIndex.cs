using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>
/// A random catalogue in lists with spare slots, and the filter index and forward values that publishing makes of it.
/// </summary>
sealed class FuzzIndex
{
    const int Dim = 64, FeaturesMax = 7;

    // Around words and blocks, where masks end.
    static readonly int[] _edges = [1, 2, 63, 64, 65, 511, 512, 513, 1024];
    static readonly double[] _rates = [.5, .2, .05, .01, .001];

    public FuzzIndex(int seed, Random random, IKernels kernels)
    {
        Seed = seed;
        int items = random.Next(4) == 0 ? random.GetItems(_edges, 1)[0] : random.Next(1000, 6000);
        Features = [.. Enumerable.Range(0, random.Next(1, FeaturesMax + 1)).Select(f => FuzzFeature.Draw(Name(f), items, random))];
        long[] ids = [.. Enumerable.Range(0, items).Select(i => (long)i)];
        var catalogue = new Catalogue(ItemIds.FromSorted(ids), null, [.. Features.Select(f => f.ToColumn())]);
        (Items, Oracle) = (items, new SetOracle(Features, items));
        Lists = RandomLists(items, random);
        var options = new PublishOptions { FalsePositiveRate = random.GetItems(_rates, 1)[0], Seed = (ulong)random.Next() };
        var filter = ItemFilter.Of(catalogue, Lists.Rows, options, kernels, Progress.None).Index;
        (Words, Compiler) = (filter.Words, new FilterCompiler(catalogue.Schema, filter.Layout));
        Forward = new ForwardValues([.. catalogue.Columns.Select(c => ForwardEncoder.Encode(c, Lists.Rows))]);
        Taken = Lists.Live.Span.ToArray();
    }

    public int Seed { get; }

    public SetOracle Oracle { get; }

    /// <summary>One bit for each slot with an item, live or not.</summary>
    public ulong[] Taken { get; }

    public IReadOnlyList<FuzzFeature> Features { get; }

    public int Items { get; }

    public IvfTensors Lists { get; }

    public FilterWords Words { get; }

    public ForwardValues Forward { get; }

    public FilterCompiler Compiler { get; }

    // Names that are words of the language or of its JSON form, and such that need quotes.
    static string Name(int feature) => feature switch { 0 => "must", 1 => "not", 2 => "it's \"2\"", _ => "f" + feature };

    static IvfTensors RandomLists(int items, Random random)
    {
        int nlist = random.Next(1, 9);
        int[] counts = new int[nlist], starts = new int[nlist + 1];
        // The last list takes what the others, of which some are empty, leave.
        for (int l = 0, left = items; l < nlist; left -= counts[l++])
        {
            counts[l] = l == nlist - 1 ? left : random.Next(3) == 0 ? 0 : random.Next(left + 1);
        }
        for (int l = 0; l < nlist; l++) starts[l + 1] = starts[l] + (counts[l] / 64 + random.Next(1, 4)) * 64;
        var rows = Tensor.Zeros<int>(new Shape(starts[nlist]));
        rows.Span.Fill(-1);
        int[] order = [.. Enumerable.Range(0, items)];
        random.Shuffle(order);
        for (int l = 0, next = 0; l < nlist; next += counts[l++]) order.AsSpan(next, counts[l]).CopyTo(rows.Span[starts[l]..]);
        return Filled(rows, items, starts, counts, random);
    }

    static IvfTensors Filled(Tensor<int> rows, int items, int[] starts, int[] counts, Random random)
    {
        var lists = new IvfTensors
        {
            Codes = Tensor.Zeros<sbyte>(new Shape(rows.Count, Dim)),
            Scales = Tensor.Zeros<float>(new Shape(rows.Count)),
            Bias = Tensor.Zeros<float>(new Shape(rows.Count)),
            Live = Tensor.Zeros<ulong>(new Shape(rows.Count / 64)),
            Rows = rows,
            SlotOfRow = Tensor.Zeros<int>(new Shape(items)),
            ListStart = Tensor.From<int>(starts),
            ListCount = Tensor.From<int>(counts),
        };
        for (int slot = 0; slot < rows.Count; slot++)
        {
            if (rows[slot] < 0) continue;
            for (int d = 0; d < Dim; d += 8) lists.Codes[slot * Dim + d] = (sbyte)random.Next(-127, 128);
            lists.Scales[slot] = random.NextSingle() + .1f;
            lists.SlotOfRow[rows[slot]] = slot;
            lists.Live[slot / 64] |= 1UL << (slot % 64);
        }
        return lists;
    }
}
