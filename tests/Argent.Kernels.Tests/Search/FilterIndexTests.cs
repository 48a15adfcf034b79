using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class FilterIndexTests
{
    static readonly SearchItems _items = new(3, new([700, 1, 63, 64, 65, 127, 1500, 4095], Dim: 1));

    [Fact]
    public void Signatures_have_equal_bits_in_every_variant()
    {
        ulong[] expected = _items.Words.Rows.ToArray();
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var words = _items.EmptyWords();
            kernels.BuildSignatures(_items.Signatures(words, 0, _items.Slots));
            Assert.True(expected.SequenceEqual(words.Rows.ToArray()), name);
        }
    }

    [Fact]
    public void Rebuilding_any_run_of_slots_restores_exactly_its_columns()
    {
        ulong[] expected = _items.Words.Rows.ToArray();
        var random = new Random(12);
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var words = _items.EmptyWords();
            kernels.BuildSignatures(_items.Signatures(words, 0, _items.Slots));
            for (int round = 0; round < 10; round++)
            {
                int first = random.Next(_items.Slots), count = random.Next(Math.Min(1200, _items.Slots - first + 1));
                SetColumns(words, first, count);
                kernels.BuildSignatures(_items.Signatures(words, first, count));
                Assert.True(expected.SequenceEqual(words.Rows.ToArray()), $"{name}, slots {first} + {count}");
            }
        }
    }

    [Fact]
    public void Masks_never_omit_an_item_that_matches_and_are_exact_when_they_say_so()
    {
        var random = new Random(13);
        for (int round = 0; round < 200; round++)
        {
            var tree = RandomFilter.Draw(random, round % 5);
            var program = tree.Compile();
            for (int word = 0; word < _items.Slots / 64; word += 1 + round % 7)
            {
                ulong mask = MaskFilter.Word(program, _items.Words, word);
                for (int bit = 0; bit < 64; bit++)
                {
                    bool may = (mask >> bit & 1) != 0, does = tree.Matches(_items, word * 64 + bit);
                    Assert.True(may || !does, $"round {round}: slot {word * 64 + bit} is omitted");
                    Assert.True(program.NeedsVerification || may == does, $"round {round}: slot {word * 64 + bit}");
                }
            }
        }
    }

    [Fact]
    public void Exact_programs_equal_the_definition()
    {
        var random = new Random(14);
        for (int round = 0; round < 300; round++)
        {
            var tree = RandomFilter.Draw(random, round % 6);
            var program = tree.Compile();
            for (int slot = round % 11; slot < _items.Slots; slot += 11)
            {
                bool expected = tree.Matches(_items, slot);
                Assert.True(expected == ExactFilter.Matches(program, _items.Forward, slot), $"{round}: {slot}");
            }
        }
    }

    [Fact]
    public unsafe void Batches_of_slots_equal_the_definition()
    {
        if (!Avx2Kernels.IsSupported) return;
        var random = new Random(15);
        int* slots = stackalloc int[ExactBatch.SlotsMax];
        for (int round = 0; round < 400; round++)
        {
            var tree = RandomFilter.Draw(random, round % 6);
            var program = round % 3 == 0 ? LongSet(random, feature: round / 3 % 3) : tree.Compile();
            var batch = new ExactBatch(program, program.ExactOps, _items.Forward);
            int count = 1 + random.Next(ExactBatch.SlotsMax);
            if (round % 4 == 0) count = ExactBatch.SlotsMax;
            ulong expected = 0;
            for (int i = 0; i < count; i++)
            {
                slots[i] = random.Next(_items.Slots);
                if (ExactFilter.Matches(program, _items.Forward, slots[i])) expected |= 1UL << i;
            }
            batch.Prefetch(slots, count);
            Assert.True(expected == batch.Matches(slots, count), $"round {round}: {count} slots");
        }
    }

    [Fact]
    public void Long_lists_of_rows_are_found_by_bits_or_by_hash()
    {
        var random = new Random(16);
        foreach (int length in (int[])[64, 65, 127, 4095, 100_000])
        {
            int[] rows = [.. Enumerable.Range(0, length).Select(i => length % 2 == 0 ? i * 7 : random.Next()).Distinct().Order()];
            var set = RowSet.Of(rows)!;
            foreach (int row in rows) Assert.True(set.Contains(row), $"{row} of {length}");
            for (int i = 0; i < 10_000; i++)
            {
                int row = i % 2 == 0 ? i : random.Next();
                Assert.Equal(Array.BinarySearch(rows, row) >= 0, set.Contains(row));
            }
        }
        Assert.Null(RowSet.Of([1, 2, 3]));
        Assert.False(RowSet.Of([.. Enumerable.Range(-80, 81)])!.Contains(-80));
    }

    [Fact]
    public void A_filter_of_other_excluded_rows_looks_them_up()
    {
        int[] even = [.. Enumerable.Range(0, 500).Select(i => 2 * i)], odd = [.. Enumerable.Range(0, 500).Select(i => 2 * i + 1)];
        var filter = new QueryFilter(null, even);
        Assert.Equal(filter, new QueryFilter(null, even));
        Assert.True(filter.Excluded!.Contains(10));
        var other = filter with { ExcludedRows = odd };
        Assert.True(other.Excluded!.Contains(11) && !other.Excluded.Contains(10));
    }

    [Fact]
    public void Programs_as_deep_as_allowed_work()
    {
        int deep = FilterProgram.StackMax;
        int[] ops = [.. Enumerable.Repeat(0, deep), .. Enumerable.Repeat(FilterProgram.And, deep - 1)];
        var program = new FilterProgram
        {
            MaskOps = ops,
            MaskLeaves = [MaskLeaf.Bitmap(2)],
            ExactOps = ops,
            ExactLeaves = [new ExactLeaf(LeafKind.HasAny, 0, 0, 1, 0, 0)],
            Values = [2],
            NeedsVerification = false,
        };
        var request = new ScanRequest(_items, queries: 1, seed: 3);
        request.Filters[0] = new QueryFilter(program);
        var args = request.Args(10_000);
        foreach (var (name, kernels) in SearchVariants.All())
        {
            kernels.FusedScan(args);
            int[] slots = args.Slots.ToArray()[..args.Found[0]];
            Assert.True(slots.Length > 100 && slots.All(s => _items.Values(0, s).Contains(2)), name);
        }
    }

    [Fact]
    public void Rows_and_slots_outside_the_index_are_refused()
    {
        var words = _items.EmptyWords();
        var args = _items.Signatures(words, 0, 64);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            Assert.Throws<ArgumentException>(() => kernels.BuildSignatures(args with { FirstSlot = int.MaxValue - 63 }));
            Assert.Throws<ArgumentException>(() => kernels.BuildSignatures(args with { FirstSlot = -1 }));
            var rows = Tensor.From<int>(args.ExactRows.ToArray());
            rows[0] = SearchItems.ExactRows;
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.BuildSignatures(args with { ExactRows = rows }));
        }
    }

    /// <summary>One leaf whose set is long: as bits when it is dense, searched when it is not.</summary>
    static FilterProgram LongSet(Random random, int feature)
    {
        int step = random.Next(3) switch { 0 => 1, 1 => 3, _ => 5_000 };
        long[] set = [.. Enumerable.Range(random.Next(5), random.Next(1, 30)).Select(i => (long)i * step - (feature == 2 ? 20 : 0))];
        return new FilterProgram
        {
            MaskOps = [FilterProgram.All],
            MaskLeaves = [],
            ExactOps = random.Next(2) == 0 ? [0] : [0, FilterProgram.Not],
            ExactLeaves = [new ExactLeaf(LeafKind.HasAny, feature, 0, set.Length, 0, 0)],
            Values = set,
            NeedsVerification = true,
        };
    }

    static void SetColumns(FilterWords words, int first, int count)
    {
        for (int slot = first; slot < first + count; slot++)
        {
            int block = slot / FilterWords.BlockSlots;
            for (long at = words.BlockStart[block] + slot / 64 % 8; at < words.BlockStart[block + 1]; at += 8)
            {
                words.Rows[at] |= 1UL << (slot % 64);
            }
        }
    }
}
