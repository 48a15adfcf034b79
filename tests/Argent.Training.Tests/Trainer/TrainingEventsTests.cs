using Argent.Data;

namespace Argent.Training.Tests;

public sealed class TrainingEventsTests
{
    [Fact]
    public void Training_and_validation_events_are_disjoint_and_together_all()
    {
        var dataset = TinyData.Create();

        var events = TrainingEvents.Divide(dataset, dataset.Events, "save", Options(1000));

        int kept = 0;
        for (int user = 0; user < events.Users; user++)
        {
            var all = dataset.Events[0].Of(user).ToArray().Select(row => events.RowOfCatalogue[row]);
            var (train, validation) = (events.Of("save").Of(user).ToArray(), events.Validation.Of(user).ToArray());
            Assert.Empty(train.Intersect(validation));
            Assert.Equal(all.Order(), train.Concat(validation).Order());
            kept += validation.Length > 0 ? 1 : 0;
        }
        // A tenth of the users at most, nearly all of whom have an event whose hash is in the validated fifth.
        Assert.InRange(kept, TinyData.Users / 20, TinyData.Users / 10);
        Assert.Equal(dataset.Events[1].Count, events.Of("like").Count);
    }

    [Fact]
    public void Validation_is_the_same_whatever_else_is_in_the_data()
    {
        var dataset = TinyData.Create();
        var reduced = dataset with { Events = [dataset.Events[0]] };

        var all = TrainingEvents.Divide(dataset, dataset.Events, "save", Options(20));
        var some = TrainingEvents.Divide(reduced, reduced.Events, "save", Options(20));

        Assert.Equal(
            all.Validation.ItemRows.Select(all.Items.Text), some.Validation.ItemRows.Select(some.Items.Text));
    }

    [Fact]
    public void Repeated_events_count_once()
    {
        var dataset = TinyData.Create();
        var start = new int[TinyData.Users + 1];
        Array.Fill(start, 3, 1, TinyData.Users);
        var repeated = new Interactions("save", start, [4, 2, 4], null);

        var events = TrainingEvents.Divide(dataset, [repeated], "save", Options(0));

        Assert.Equal(["20", "40"], Enumerable.Range(0, 2).Select(events.Items.Text));
        Assert.Equal([1, 0], events.Of("save").ItemRows);
    }

    static TrainOptions Options(int validationUsers) => new() { Out = "unused", ValidationUsers = validationUsers };
}
