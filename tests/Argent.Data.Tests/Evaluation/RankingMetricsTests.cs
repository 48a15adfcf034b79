namespace Argent.Data.Tests;

public sealed class RankingMetricsTests
{
    [Fact]
    public void Figures_are_those_worked_out_by_hand()
    {
        var metrics = new RankingMetrics(10, 1, 3);
        metrics.Add([4, 7, 2], [2, 4]);
        metrics.Add([4, 1, -1], [9]);
        metrics.Add([3, 3, 3], []);
        Assert.Equal(2, metrics.Users);
        Assert.Equal(0.25, metrics.Recall(1));
        Assert.Equal(0.5, metrics.Recall(3));
        Assert.Equal(0.5, metrics.Ndcg(1));
        // Hits at ranks 1 and 3: (1 + 1/2) / (1 + 1/log2(3)), and nothing for the second user.
        Assert.Equal(1.5 / (1 + 1 / Math.Log2(3)) / 2, metrics.Ndcg(3), 15);
        Assert.Equal(0.1, metrics.Coverage(1));
        Assert.Equal(0.4, metrics.Coverage(3));
    }

    [Fact]
    public void The_margin_of_recall_is_the_deviation_over_users()
    {
        var metrics = new RankingMetrics(10, 1, 2);
        metrics.Add([0, 1], [0, 1]);
        Assert.Null(metrics.RecallMargin(2));
        metrics.Add([2, 3], [4]);
        metrics.Add([5], []);
        // Recalls at 2 are 1 and 0: mean 1/2, variance (1/4 + 1/4) / 1, divided by two users.
        Assert.Equal(1.96 * 0.5, metrics.RecallMargin(2)!.Value, 12);
        Assert.Equal(1.96 * 0.25, metrics.RecallMargin(1)!.Value, 12);
        Assert.Throws<ArgumentException>(() => metrics.RecallMargin(3));
        var alike = new RankingMetrics(3, 2);
        for (int user = 0; user < 100; user++) alike.Add([0], [0, 1, 2]);
        Assert.Equal(0, alike.RecallMargin(2)!.Value, 8);
    }

    [Fact]
    public void Recall_divides_by_all_that_was_held_out_and_ndcg_by_what_fits()
    {
        var metrics = new RankingMetrics(5, 2);
        metrics.Add([0, 1], [0, 1, 2, 3]);
        Assert.Equal(0.5, metrics.Recall(2));
        Assert.Equal(1.0, metrics.Ndcg(2));
    }

    [Fact]
    public void Nothing_asked_is_zero_and_unknown_cutoffs_are_refused()
    {
        var metrics = new RankingMetrics(5, 2);
        Assert.Equal((0.0, 0.0, 0.0), (metrics.Recall(2), metrics.Ndcg(2), metrics.Coverage(2)));
        Assert.Throws<ArgumentException>(() => metrics.Recall(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RankingMetrics(5, 0));
    }

    [Fact]
    public void Popularity_ranks_by_count_then_row_and_leaves_out_what_is_excluded()
    {
        var popular = new PopularityRanking(new Interactions("t", [0, 3, 6], [2, 3, 4, 2, 4, 1], null), 6);
        Assert.Equal([0, 1, 2, 1, 2, 0], popular.Counts);
        Assert.Equal([2, 4, 1, 3, 0, 5], popular.Order.ToArray());
        var top = new int[3];
        popular.Top([4, 3], top);
        Assert.Equal([2, 1, 0], top);
        popular.Top([2], top);
        Assert.Equal([4, 1, 3], top);
        var all = new int[6];
        popular.Top([0], all);
        Assert.Equal([2, 4, 1, 3, 5, -1], all);
    }
}
