namespace Argent.Model.Tests.Filter;

public sealed class TermsTests
{
    [Fact]
    public void Terms_are_the_ones_that_published_artifacts_hold()
    {
        Assert.Equal(0x4F2DB50F124040CDuL, Terms.Hash("", ""));
        Assert.Equal(0xBD6B0D5C37260483uL, Terms.Hash("language", "eng"));
        Assert.Equal(0xF513F82B96CA75EFuL, Terms.Hash("author", "José Ünïcode 𝄞"));
    }

    [Fact]
    public void Names_and_values_do_not_run_into_each_other()
    {
        Assert.NotEqual(Terms.Hash("ab", "c"), Terms.Hash("a", "bc"));
        Assert.NotEqual(Terms.Hash("a", ""), Terms.Hash("", "a"));
    }

    [Fact]
    public void Both_halves_are_spread_evenly_over_consecutive_numbers()
    {
        int[] low = new int[64], high = new int[64];
        const int count = 64_000;
        for (long key = 0; key < count; key++)
        {
            ulong term = Terms.Hash("year", $"{key}");
            low[(uint)term >> 26]++;
            high[term >> 58]++;
        }
        // Each of 64 bins expects 1,000 with deviation 31.4; six deviations leave chance no room.
        Assert.All(low.Concat(high), n => Assert.InRange(n, 1000 - 190, 1000 + 190));
    }
}
