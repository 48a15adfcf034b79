using Argent.Data;

namespace Argent.Training.Tests;

public sealed class ItemTrendTests
{
    [Fact]
    public void The_trend_is_the_sum_over_earlier_events_only()
    {
        var random = new Random(8);
        const int Items = 9;
        int[] rows = [.. Enumerable.Range(0, 300).Select(_ => random.Next(Items - 1))]; // The last item has no event.
        long[] times = [.. Enumerable.Range(0, 300).Select(_ => (long)random.Next(50) * 40_000)];
        var trend = new ItemTrend(new Interactions("watch", [0, 300], rows, times), Items, 3);

        foreach (long moment in new long[] { -1, 0, 1, 40_000, 1_000_000, 1_000_001, 5_000_000 })
        {
            for (int item = 0; item < Items; item++)
            {
                double sum = 0;
                for (int e = 0; e < 300; e++)
                {
                    if (rows[e] == item && times[e] < moment) sum += Math.Exp((times[e] - moment) / (3 * 86_400.0));
                }
                Assert.Equal(Math.Log(0.02 + sum), trend.At(item, moment), 1e-5);
            }
        }
    }

    [Fact]
    public void Biases_get_the_trend_less_its_mean()
    {
        var trend = new ItemTrend(new Interactions("watch", [0, 3], [0, 0, 2], [5, 6, 7]), 4, 1);
        float[] biases = [1, 2, 3, 4];

        trend.AddTo(biases, 100);

        double mean = Enumerable.Range(0, 4).Average(i => trend.At(i, 100));
        for (int i = 0; i < 4; i++) Assert.Equal(i + 1 + trend.At(i, 100) - mean, biases[i], 1e-5);
    }
}
