namespace Argent.Model.Tests.Filter;

public sealed class OrderedCutsTests
{
    [Fact]
    public void Codes_keep_the_order_of_keys_and_missing_is_zero()
    {
        var cuts = new OrderedCuts([-5, 0, 7]);
        long[] keys = [OrderedKey.Missing, OrderedKey.Missing + 1, -6, -5, -4, -1, 0, 1, 6, 7, 8, long.MaxValue];
        Assert.Equal([0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7], keys.Select(cuts.Code));
        Assert.Equal((7, 3), (cuts.CodeMax, cuts.RowCount));
    }

    [Fact]
    public void Few_keys_are_all_cuts_and_no_keys_leave_one_bit_for_existence()
    {
        Assert.Equal([1L, 2, 9], OrderedCuts.Of([9, 1, OrderedKey.Missing, 2, 2, 1], 0.001).Cuts.ToArray());
        var none = OrderedCuts.Of([OrderedKey.Missing, OrderedKey.Missing], 0.001);
        Assert.Equal((0, 1, 1), (none.Cuts.Length, none.CodeMax, none.RowCount));
        Assert.Equal(1, none.Code(5));
    }

    [Fact]
    public void A_frequent_key_is_a_cut_among_many_rare_ones()
    {
        long[] keys = [.. Enumerable.Range(0, 50_000).Select(i => i % 50 == 0 ? 123_456_789L : i * 1000L)];
        var cuts = OrderedCuts.Of(keys, 0.01);
        Assert.True(cuts.Cuts.BinarySearch(123_456_789L) >= 0);
        Assert.Equal(9, cuts.RowCount);
    }

    [Fact]
    public void Outer_ranges_hold_every_key_and_inner_ranges_only_such_keys()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (int round = 0; round < 2_000; round++)
        {
            long[] drawn = [.. Enumerable.Range(0, random.Next(8)).Select(_ => (long)random.Next(-20, 20)).Distinct().Order()];
            var cuts = new OrderedCuts(drawn);
            long low = random.Next(-25, 25), high = low + random.Next(12);
            var (outer, inner) = (cuts.Outer(low, high), cuts.Inner(low, high));
            bool differs = false;
            for (long key = -40; key <= 40; key++)
            {
                int code = cuts.Code(key);
                bool isIn = low <= key && key <= high, isOuter = outer.Low <= code && code <= outer.High;
                bool isInner = inner.Low <= code && code <= inner.High;
                Assert.True((isOuter || !isIn) && (isIn || !isInner), $"seed {Seed}, round {round}, key {key}");
                differs |= isOuter != isIn || isInner != isIn;
            }
            Assert.Equal(!differs, outer.IsExact);
            Assert.Equal(outer.IsExact, inner.IsExact);
        }
    }

    [Fact]
    public void Cuts_that_do_not_ascend_or_are_too_many_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new OrderedCuts([3, 3]));
        Assert.Throws<ArgumentException>(() => new OrderedCuts([OrderedKey.Missing]));
        Assert.Throws<ArgumentException>(() => new OrderedCuts([.. Enumerable.Range(0, 1 << 15).Select(i => (long)i)]));
        Assert.Equal(OrderedCuts.RowsMax, new OrderedCuts([.. Enumerable.Range(0, (1 << 15) - 1).Select(i => (long)i)]).RowCount);
    }
}
