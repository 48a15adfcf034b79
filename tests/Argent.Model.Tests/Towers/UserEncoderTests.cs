using static Argent.Model.Tests.SampleTowers;

namespace Argent.Model.Tests;

public sealed class UserEncoderTests
{
    [Fact]
    public void Item_ids_that_were_never_trained_are_skipped()
    {
        var batch = Encode(Ann);

        Assert.Equal([3, 0, 3], batch.Bags[0].Ids.ToArray());
        Assert.Equal([0, 3], batch.Bags[0].Start.ToArray());
    }

    [Fact]
    public void Feature_values_that_were_never_trained_are_skipped()
    {
        var batch = Encode(new UserInput { Features = new Dictionary<string, string> { ["country"] = "Atlantis" } });

        Assert.Equal([0, 0], batch.Bags[3].Start.ToArray());
    }

    [Theory]
    [InlineData("17", 0)]
    [InlineData("18", 1)]
    [InlineData("64", 1)]
    [InlineData("65", 2)]
    [InlineData("-9000000000", 0)]
    public void An_ordered_feature_takes_the_row_of_its_interval(string age, int row)
    {
        var batch = Encode(new UserInput { Features = new Dictionary<string, string> { ["age"] = age } });

        Assert.Equal([row], batch.Bags[4].Ids.ToArray());
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_an_error_and_leaves_the_batch_unchanged()
    {
        using var model = Create();
        var builder = new UserBatchBuilder(Config);
        var user = Ann with { Features = new Dictionary<string, string> { ["age"] = "old" } };

        var error = Assert.Throws<ArgumentException>(() => model.UserTower.Encoder.Encode(user, builder));

        Assert.Equal("The user feature 'age' is 'old', which is no Integer.", error.Message);
        Assert.Equal(0, builder.Build().Count);
        Assert.Equal(0, builder.Build().Bags[0].Ids.Count);
    }

    [Fact]
    public void A_history_of_an_unknown_task_is_an_error_that_offers_the_nearest()
    {
        var user = new UserInput { History = new Dictionary<string, IReadOnlyList<string>> { ["saev"] = ["10"] } };

        var error = Assert.Throws<ArgumentException>(() => Encode(user));

        Assert.Equal("The model reads no history 'saev'; it reads save, like. Did you mean 'save'?", error.Message);
    }

    [Fact]
    public void A_history_beyond_the_limit_is_an_error()
    {
        var events = Enumerable.Repeat("10", UserEncoder.HistoryMax + 1).ToList();
        var user = new UserInput { History = new Dictionary<string, IReadOnlyList<string>> { ["like"] = events } };

        var error = Assert.Throws<ArgumentException>(() => Encode(user));

        Assert.Contains("has 10001 items; at most 10000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cleared_builder_gives_the_same_batch_as_a_new_one()
    {
        using var model = Create();
        var builder = new UserBatchBuilder(Config);
        for (int round = 0; round < 3; round++)
        {
            builder.Clear();
            for (int i = 0; i < 65; i++) model.UserTower.Encoder.Encode(Ann, builder);

            var batch = builder.Build();

            Assert.Equal(65, batch.Count);
            Assert.Equal(65 * 3, batch.Bags[0].Ids.Count);
            Assert.Equal([3, 0, 3], batch.Bags[0].Ids.Rows(64 * 3, 3).ToArray());
        }
    }

    static UserBatch Encode(UserInput user)
    {
        using var model = Create();
        var builder = new UserBatchBuilder(Config);
        model.UserTower.Encoder.Encode(user, builder);
        return builder.Build();
    }
}
