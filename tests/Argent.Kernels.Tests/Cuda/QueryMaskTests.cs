using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Which slots the queries of a batch may be shown, on a device: the definition's, bit for bit.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class QueryMaskTests(EmulatedDevice device)
{
    // Lists end inside words and start inside blocks of 512; the sixth is empty.
    static readonly SearchItems _items = new(4, new([700, 1, 63, 64, 65, 0, 127, 1100], Dim: 1));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Masks_and_items_seen_are_those_of_the_definition(int depth)
    {
        var random = new Random(40 + depth);
        var request = new ScanRequest(_items, queries: 12, seed: depth);
        for (int q = 0; q < 12; q++)
        {
            if (q % 6 != 5) request.DrawFilter(q, random, depth);
            DropLists(request.Lists[q], random);
        }
        // Heads of one request have one filter.
        request.CopyFilter(3, 4);
        Check(request, $"depth {depth}");
    }

    [Fact]
    public void Without_a_filter_index_programs_are_verified()
    {
        var random = new Random(50);
        var request = new ScanRequest(_items, queries: 6, seed: 9) { Words = null };
        for (int q = 0; q < 6; q++) request.DrawFilter(q, random, 2);
        Check(request, "no filter index");
    }

    [Fact]
    public void Lists_of_rows_may_repeat_rows_and_name_ones_that_do_not_exist()
    {
        int rows = (int)_items.Index.SlotOfRow.Count;
        int[] odd = [-7, -1, .. Enumerable.Range(0, rows).SelectMany(r => r % 3 == 0 ? (int[])[r, r] : []), rows, int.MaxValue];
        var program = RandomFilter.Draw(new Random(51), 2).Compile();
        var request = new ScanRequest(_items, queries: 5, seed: 10);
        request.Filters[0] = new QueryFilter(null, ExcludedRows: odd);
        request.Filters[1] = new QueryFilter(null, OnlyRows: odd);
        request.Filters[2] = new QueryFilter(program, ExcludedRows: [5, 5, 9], OnlyRows: odd) { VerifyFirst = true };
        request.Filters[3] = new QueryFilter(null, ExcludedRows: [], OnlyRows: []);
        request.Filters[4] = new QueryFilter(null, ExcludedRows: [.. Enumerable.Range(0, rows)]);
        Check(request, "odd rows");
    }

    [Fact]
    public void Programs_as_deep_as_allowed_and_long_sets_work()
    {
        int deep = FilterProgram.StackMax;
        int[] ops = [.. Enumerable.Repeat(0, deep), .. Enumerable.Repeat(FilterProgram.And, deep - 1)];
        // Alternating operators are no plain clause.
        int[] mixed = [0, 1, FilterProgram.Or, 0, FilterProgram.And, 1, FilterProgram.Or];
        FilterProgram Deep(int[] mask, bool verified, long[] set) => new()
        {
            MaskOps = mask,
            MaskLeaves = [MaskLeaf.Bitmap(2), MaskLeaf.Bloom(SearchItems.Term(1, 7))],
            ExactOps = ops,
            ExactLeaves = [new ExactLeaf(LeafKind.HasAny, set.Length > 1 ? 2 : 0, 0, set.Length, 0, 0)],
            Values = set,
            NeedsVerification = verified,
        };
        long[] dense = [.. Enumerable.Range(0, 40).Select(i => (long)i - 20)];
        long[] sparse = [.. Enumerable.Range(-3, 7).Select(i => i * (i % 2 == 0 ? 5L : 1_000_000_000_007))];
        Array.Sort(sparse);
        var request = new ScanRequest(_items, queries: 4, seed: 11);
        request.Filters[0] = new QueryFilter(Deep(ops, verified: false, [2]));
        request.Filters[1] = new QueryFilter(Deep(mixed, verified: true, [2]));
        request.Filters[2] = new QueryFilter(Deep([FilterProgram.All], verified: true, dense)) { VerifyFirst = true };
        request.Filters[3] = new QueryFilter(Deep([0], verified: true, sparse));
        Check(request, "deep programs");
    }

    [Fact]
    public void Masks_of_blocks_are_those_of_the_definition()
    {
        var random = new Random(52);
        for (int round = 0; round < 12; round++)
        {
            long blocks = _items.Words.BlockStart.Count - 1, first = random.Next((int)blocks);
            var args = new FilterMaskArgs
            {
                Program = RandomFilter.Draw(random, round % 5).Compile(),
                Words = _items.Words,
                FirstBlock = first,
                Masks = SearchVariants.Poisoned<ulong>(new(random.Next((int)(blocks - first + 1)), FilterWords.BlockWords)),
            };
            var expected = args with { Masks = SearchVariants.Poisoned<ulong>(args.Masks.Shape) };
            new ReferenceKernels(new Workers(1)).FilterMask(expected);
            device.InEveryLaneOrder(name =>
            {
                device.Kernels.FilterMask(args);
                Assert.True(expected.Masks.Span.SequenceEqual(args.Masks.Span), $"{name}, round {round}");
            });
        }
    }

    [Fact]
    public void Filters_that_do_not_fit_are_refused()
    {
        QueryFilter?[] filters = [null, new QueryFilter(null, ExcludedRows: [1, 2, 3])];
        long words = FilterBatch.WordsFor(filters, null);
        Assert.Equal(words, FilterBatch.Write(Tensor.Zeros<ulong>(new(words)), filters, null));
        var error = Assert.Throws<ArgumentException>(() => FilterBatch.Write(Tensor.Zeros<ulong>(new(words - 1)), filters, null));
        Assert.Contains($"take {words} words", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_graph_masks_for_the_filters_that_are_there_when_it_is_launched()
    {
        var random = new Random(53);
        var requests = Enumerable.Range(0, 3).Select(_ => new ScanRequest(_items, queries: 4, seed: 12)).ToArray();
        foreach (var request in requests)
        {
            for (int q = 0; q < 4; q++) request.DrawFilter(q, random, 3);
        }
        var expected = requests.Select(r => Expected(r.Args(10))).ToArray();
        long words = requests.Max(r => FilterBatch.WordsFor(r.Filters, _items.Words));
        device.InEveryLaneOrder(name =>
        {
            var args = OnDevice(requests[0].Args(10), expected[0].Start, words);
            using var graph = device.Stream.Capture(_ => QueryMasksCuda.Launch(device.Queue, args));
            for (int r = 0; r < requests.Length; r++)
            {
                var filters = Tensor.Zeros<ulong>(new(words));
                FilterBatch.Write(filters, requests[r].Filters, _items.Words);
                device.Stream.Upload(filters, args.Filters);
                device.Stream.Launch(graph);
                Compare(expected[r], args, $"{name}, launch {r}");
            }
        });
    }

    void Check(ScanRequest request, string what)
    {
        var args = request.Args(10);
        var expected = Expected(args);
        long words = FilterBatch.WordsFor(request.Filters, args.Words);
        device.InEveryLaneOrder(name =>
        {
            var masks = OnDevice(args, expected.Start, words);
            QueryMasksCuda.Launch(device.Queue, masks);
            Compare(expected, masks, $"{name}, {what}");
        });
    }

    DeviceQueryMasksArgs OnDevice(in FusedScanArgs args, int[] start, long filterWords)
    {
        int queries = (int)args.Lists.Shape[0], probes = (int)args.Lists.Shape[1];
        // Room that nobody uses lies behind each query's words.
        long room = Enumerable.Range(0, queries).Max(q => start[q * (probes + 1) + probes]) + 3;
        var index = DeviceIvf.Rent(device.Memory, args.Index);
        index.Upload(device.Stream, args.Index);
        var forward = DeviceForward.Rent(device.Memory, _items.Forward);
        forward.Upload(device.Stream, _items.Forward);
        var words = args.Words is null ? null : DeviceFilterWords.Rent(device.Memory, args.Words);
        words?.Upload(device.Stream, args.Words!);
        var filters = Tensor.Zeros<ulong>(new(filterWords));
        FilterBatch.Write(filters, args.Filters, args.Words);
        return new DeviceQueryMasksArgs
        {
            Pairs = new ScanPairs
            {
                Lists = device.Upload(args.Lists),
                PairStart = device.Upload(Tensor.From<int>(start, new(queries, probes + 1))),
                Masks = device.Poisoned<ulong>(new(queries, room)),
            },
            Index = index,
            Words = words,
            Forward = forward,
            Filters = device.Upload(filters),
            Seen = device.Poisoned<long>(new(queries)),
        };
    }

    void Compare((int[] Start, ulong[][] Masks, long[] Seen) expected, in DeviceQueryMasksArgs args, string what)
    {
        ulong[] masks = device.Download(args.Pairs.Masks);
        int room = (int)args.Pairs.Masks.Shape[1];
        for (int q = 0; q < expected.Masks.Length; q++)
        {
            var own = masks.AsSpan(q * room, expected.Masks[q].Length);
            int differs = expected.Masks[q].AsSpan().CommonPrefixLength(own);
            Assert.True(differs == own.Length, $"{what}: query {q}, word {differs}");
        }
        Assert.Equal(expected.Seen, device.Download(args.Seen));
    }

    /// <summary>By definition: where pairs start, the words of each query, and how many items each has seen.</summary>
    static (int[] Start, ulong[][] Masks, long[] Seen) Expected(FusedScanArgs args)
    {
        int queries = (int)args.Lists.Shape[0], probes = (int)args.Lists.Shape[1];
        int[] start = new int[queries * (probes + 1)];
        var (masks, seen) = (new ulong[queries][], new long[queries]);
        for (int q = 0; q < queries; q++)
        {
            var (words, filter) = (new List<ulong>(), args.Filters[q]);
            for (int p = 0; p < probes; p++)
            {
                start[q * (probes + 1) + p] = words.Count;
                int list = args.Lists[q * probes + p];
                if (list < 0) continue;
                int first = words.Count, count = args.Index.ListCount[list];
                words.AddRange(new ulong[(count + 63) / 64]);
                for (int i = 0; i < count; i++)
                {
                    int slot = args.Index.ListStart[list] + i, row = args.Index.Rows[slot];
                    bool isLive = (args.Index.Live[slot / 64] >> (slot % 64) & 1) != 0;
                    if (!isLive || !FusedScanReference.IsSeen(in args, filter, slot, row)) continue;
                    seen[q]++;
                    if (FusedScanReference.IsEligible(in args, filter, slot, row)) words[first + i / 64] |= 1UL << (i % 64);
                }
            }
            start[q * (probes + 1) + probes] = words.Count;
            masks[q] = [.. words];
        }
        return (start, masks, seen);
    }

    static void DropLists(int[] lists, Random random)
    {
        for (int p = 0; p < lists.Length; p++)
        {
            if (random.Next(4) == 0) lists[p] = -1;
        }
    }
}
