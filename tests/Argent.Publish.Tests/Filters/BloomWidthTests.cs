namespace Argent.Publish.Tests.Filters;

public sealed class BloomWidthTests
{
    static readonly int[][] _blocks = [[0, 0, 512], [100, 200, 12, 0, 9], [.. new int[200], 3], [], [512]];

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.2)]
    public void The_widths_keep_the_rate_on_average(double rate)
    {
        var width = new BloomWidth(FilterIndexPlan.HashCount(rate));
        int[] rows = width.Rows(_blocks, rate);
        double expected = _blocks.Zip(rows, (block, count) => width.Expected(block, count)).Sum() / Items(_blocks);
        Assert.InRange(expected, 0, rate);
        Assert.True(rows[3] == 8 && rows[4] == 8, "blocks without terms take the least");
    }

    [Fact]
    public void The_widths_are_fewer_rows_than_one_width_for_all()
    {
        int[][] blocks = [.. Enumerable.Range(0, 20).Select(b => b == 7 ? [0, 0, 0, 0, 0, 0, 0, 0, 512] : new[] { 0, 500, 12 })];
        var width = new BloomWidth(5);
        int[] rows = width.Rows(blocks, 0.001);
        int uniform = Enumerable.Range(8, 10_000).First(
            count => blocks.Sum(block => width.Expected(block, count)) <= 0.001 * Items(blocks));
        Assert.True(rows.Sum() < 20 * uniform, $"{rows.Sum()} against 20 x {uniform}");
        Assert.True(rows[7] > 3 * rows[6], string.Join(", ", rows));
    }

    [Fact]
    public void One_crowded_item_does_not_widen_its_block_beyond_reason()
    {
        int[][] blocks = [[0, 511, .. new int[58], 1], [0, 512]];
        int[] rows = new BloomWidth(5).Rows([.. Enumerable.Repeat(blocks, 20).SelectMany(b => b)], 0.001);
        Assert.True(rows.Max() < 200, string.Join(", ", rows));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 18)]
    [InlineData(3, 30)]
    [InlineData(40, 64)]
    public void The_expected_rate_is_that_of_random_rows(int terms, int rows)
    {
        const int Seed = 77, HashCount = 5, Trials = 2_000_000;
        var random = new Random(Seed);
        long passed = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            ulong set = 0, asked = 0;
            for (int h = 0; h < HashCount * terms; h++) set |= 1UL << random.Next(rows);
            for (int h = 0; h < HashCount; h++) asked |= 1UL << random.Next(rows);
            passed += (asked & ~set) == 0 ? 1 : 0;
        }
        double expected = new BloomWidth(HashCount).Expected([.. new int[terms], 1], rows);
        double deviation = Math.Sqrt(expected * (1 - expected) / Trials);
        Assert.InRange((double)passed / Trials, expected - 6 * deviation, expected + 6 * deviation);
    }

    static int Items(int[][] blocks) => blocks.Sum(block => block.Sum());
}
