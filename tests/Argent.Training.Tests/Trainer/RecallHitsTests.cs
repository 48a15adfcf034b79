namespace Argent.Training.Tests;

public sealed class RecallHitsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(19, 5)]
    [InlineData(20, 3)]
    [InlineData(101, 1000)]
    [InlineData(400, 30)]
    public void Hits_are_those_of_a_sorted_list_with_ties_by_item(int count, int values)
    {
        var random = new Random(count);
        int[] items = [.. Enumerable.Range(0, 2 * count).OrderBy(_ => random.Next()).Take(count)];
        float[] scores = [.. items.Select(_ => (float)random.Next(values))];
        int[] wanted = [.. Enumerable.Range(0, 2 * count).Where(_ => random.Next(3) == 0), -5];
        int[] best = [.. items.Zip(scores).OrderByDescending(p => p.Second).ThenBy(p => p.First).Select(p => p.First)];
        Assert.Equal(
            (best.Take(20).Intersect(wanted).Count(), best.Take(100).Intersect(wanted).Count()),
            RecallHits.Of(scores, items, wanted));
    }
}
