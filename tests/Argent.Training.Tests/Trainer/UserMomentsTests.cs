using Argent.Data;
using Argent.Model;

namespace Argent.Training.Tests;

public sealed class UserMomentsTests
{
    [Fact]
    public void What_is_input_was_before_the_moment_and_what_is_wanted_is_not()
    {
        var (dataset, events, users, config) = Draws(out var options);
        var group = new UserGroup(config);
        int asked = 0;
        foreach (int user in Enumerable.Range(0, TimedData.Users))
        {
            for (int epoch = 1; epoch < 6; epoch++)
            {
                if (users.Moment(user, epoch) is not { } moment) continue;
                group.Clear(0);
                users.Draw(user, epoch, group);
                int[] all = events.Train[0].Of(user).ToArray();
                long[] times = Times(events.Train[0], user);
                int before = times.Count(t => t < moment), end = times.Count(t => t < moment + (15 * TimedData.Day));
                Assert.Equal(all[..before], group.Inputs.Build().Bags[0].Ids.ToArray());
                Assert.Equal(all[before..end], group.Targets.Items);
                Assert.Equal(moment, group.Moment);
                Assert.True(before > 0 && end > before);
                asked++;
            }
        }
        Assert.True(asked > TimedData.Users);
        Assert.Equal(15, options.TargetDays);
        Assert.Equal("timed", dataset.Name);
    }

    [Fact]
    public void An_epoch_orders_users_so_that_a_group_is_asked_from_near_moments()
    {
        var (_, events, users, config) = Draws(out var options);
        var steps = new StepBuilder(events, config, users, options);

        int[] order = steps.Order(3);

        Assert.Equal(order.Length, order.Distinct().Count());
        Assert.Equal(0, steps.StepUsers % 64);
        Assert.NotEqual(order, steps.Order(4));
        long all = Spread(order), widest = order.Chunk(64).Max(Spread);
        Assert.True(widest < all / 2, $"A group spans {widest} of {all} seconds.");

        long Spread(int[] some) => some.Max(u => users.Moment(u, 3)!.Value) - some.Min(u => users.Moment(u, 3)!.Value);
    }

    [Fact]
    public void Where_order_counts_validation_is_the_end_of_the_time_and_nothing_is_learned_from_it()
    {
        var dataset = TimedData.Walks();
        var options = TimedData.Options("unused") with { ValidationUsers = 100 };

        var events = TrainingEvents.Divide(dataset, dataset.Events, "watch", options);

        Assert.All(events.Train[0].Times!, t => Assert.True(t < events.ValidatedFrom));
        Assert.All(events.Validation.Times!, t => Assert.True(t >= events.ValidatedFrom));
        int[] validated = [.. Enumerable.Range(0, TimedData.Users).Where(u => !events.Validation.Of(u).IsEmpty)];
        Assert.InRange(validated.Length, 50, 100);
        Assert.All(validated, u => Assert.False(events.Train[0].Of(u).IsEmpty));
        Assert.Equal(dataset.Events[0].Count, events.Whole.Count);
        Assert.InRange(events.Train[0].Count / (double)events.Whole.Count, 0.8, 0.92);
        Assert.Equal(dataset.Events[0].Times!.Max() + 1, events.End);
    }

    static (Dataset Dataset, TrainingEvents Events, UserDraw Users, TowerConfig Config) Draws(out TrainOptions options)
    {
        options = TimedData.Options("unused");
        var dataset = TimedData.Walks();
        var events = TrainingEvents.Divide(dataset, dataset.Events, "watch", options);
        var description = new TrainedDescription { Name = "timed", Towers = TowerBuilder.Configure(dataset, options, "watch") };
        var model = TowerBuilder.Create(dataset, events, description, options);
        return (dataset, events, new UserDraw(dataset, events, model, [1], options), description.Towers);
    }

    static long[] Times(Interactions events, int user) => events.Times![events.Start[user]..events.Start[user + 1]];
}
