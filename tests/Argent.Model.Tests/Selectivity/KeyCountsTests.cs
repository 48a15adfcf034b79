using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Selectivity;

public sealed class KeyCountsTests
{
    const int Seed = 4_711;

    public static TheoryData<string> Shapes => ["few", "dense", "sparse", "frequent", "extremes", "numbers", "one", "none"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_number_of_items_in_a_range_lies_between_its_bounds(string shape)
    {
        var random = new Random(Seed);
        long[] keys = Keys(shape, random);
        var counts = Count(keys);
        for (int i = 0; i < 2000; i++)
        {
            long low = Bound(keys, random), high = random.Next(3) == 0 ? low : Bound(keys, random);
            if (low > high) (low, high) = (high, low);
            var found = counts.Matches(new LeafCondition(LeafKind.Range, 0, [], low, high));
            long truth = keys.Count(k => k != OrderedKey.Missing && low <= k && k <= high);
            CheckBounds(found, truth, $"seed {Seed}, {shape}: {low} to {high}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_number_of_items_with_one_of_several_keys_lies_between_its_bounds(string shape)
    {
        var random = new Random(Seed);
        long[] keys = Keys(shape, random);
        var counts = Count(keys);
        for (int i = 0; i < 300; i++)
        {
            long[] set = [.. Enumerable.Range(0, random.Next(2, 600)).Select(_ => Bound(keys, random)).Distinct().Order()];
            var found = counts.Matches(new LeafCondition(LeafKind.HasAny, 0, set));
            CheckBounds(found, keys.Count(set.Contains), $"seed {Seed}, {shape}: {string.Join(" ", set)}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Steps_are_few_and_know_the_items_that_have_a_key(string shape)
    {
        long[] keys = Keys(shape, new Random(Seed));
        var counts = Count(keys);
        int present = keys.Count(k => k != OrderedKey.Missing);
        Assert.InRange(counts.Ends.Count, present == 0 ? 0 : 1, KeyCounts.StepsMax);
        Assert.Equal(MatchEstimate.Exactly(present), counts.Matches(new LeafCondition(LeafKind.Exists, 0, [])));
    }

    [Fact]
    public void Up_to_512_different_keys_are_counted_one_by_one()
    {
        long[] keys = [.. Enumerable.Range(0, 512).SelectMany(k => Enumerable.Repeat(k * 1000L, k + 1))];
        var counts = Count(keys);
        for (int k = 0; k < 512; k++)
        {
            Assert.Equal(MatchEstimate.Exactly(k + 1), Range(counts, k * 1000L, k * 1000L));
            Assert.Equal(MatchEstimate.Exactly(0), Range(counts, k * 1000L + 1, k * 1000L + 999));
        }
        Assert.Equal(MatchEstimate.Exactly(keys.Length), Range(counts, long.MinValue + 1, long.MaxValue));
    }

    [Fact]
    public void A_frequent_key_among_many_is_counted_by_itself()
    {
        long[] keys = [.. Enumerable.Range(0, 20_000).Select(i => i % 3 == 0 ? 7777L : i)];
        var found = Range(Count(keys), 7777, 7777);
        Assert.Equal(MatchEstimate.Exactly(keys.Count(k => k == 7777)), found);
    }

    [Fact]
    public void A_range_over_many_keys_is_off_by_two_steps_at_most()
    {
        var random = new Random(Seed);
        long[] keys = [.. Enumerable.Range(0, 100_000).Select(_ => (long)(random.NextDouble() * random.NextDouble() * 1e9))];
        var counts = Count(keys);
        // 511 parts of 100,000 are 196 items.
        const double Step = 197;
        for (int i = 0; i < 200; i++)
        {
            long low = Bound(keys, random), high = Math.Max(low, Bound(keys, random));
            long truth = keys.Count(k => low <= k && k <= high);
            var found = Range(counts, low, high);
            Assert.InRange(found.Expected, truth - 2 * Step, truth + 2 * Step);
            Assert.InRange(found.Most, truth, truth + 2 * Step);
        }
    }

    static MatchEstimate Range(KeyCounts counts, long low, long high) =>
        counts.Matches(new LeafCondition(LeafKind.Range, 0, [], low, high));

    static void CheckBounds(MatchEstimate found, long truth, string what)
    {
        bool holds = found.Least <= truth && truth <= found.Most;
        bool isBetween = found.Least <= found.Expected && found.Expected <= found.Most;
        Assert.True(holds && isBetween, $"{what}: {truth} items, {found}");
    }

    static KeyCounts Count(long[] keys) =>
        (KeyCounts)FeatureCounts.Of(new ForwardColumn { Keys = Tensor.From<long>(keys) }, 0);

    static long Bound(long[] keys, Random random)
    {
        long key = keys.Length == 0 ? 0 : keys[random.Next(keys.Length)];
        if (key == OrderedKey.Missing) return long.MinValue + 1;
        return random.Next(12) switch
        {
            0 => Math.Max(key, long.MinValue + 3) - 1,
            1 => Math.Min(key, long.MaxValue - 3) + 1,
            2 => random.NextInt64(),
            3 => long.MaxValue - random.Next(2),
            4 => long.MinValue + 1 + random.Next(2),
            _ => key,
        };
    }

    static long[] Keys(string shape, Random random)
    {
        Func<int, long> key = shape switch
        {
            "few" => _ => random.Next(100),
            "dense" => _ => random.Next(3000),
            "sparse" => _ => random.NextInt64(long.MinValue + 1, long.MaxValue),
            "frequent" => i => i % 7 < 3 ? random.Next(5) * 1_000_000 : random.Next(4_000_000),
            "extremes" => i => (i % 9) switch
            {
                0 => long.MaxValue - random.Next(3),
                1 => long.MinValue + 1 + random.Next(3),
                _ => random.Next(2000),
            },
            "numbers" => _ => OrderedKey.FromNumber(random.NextDouble() - 0.5),
            _ => _ => 5,
        };
        int count = shape switch { "one" => 1, "none" => 0, _ => 5000 };
        return [.. Enumerable.Range(0, count).Select(i => shape != "one" && random.Next(9) == 0 ? OrderedKey.Missing : key(i))];
    }
}
