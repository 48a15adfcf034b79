namespace Argent.Data.Tests;

public sealed class EventTests
{
    static string Describe(string events) =>
        $$"""{ "items": { "file": "items.csv", "id": "id" }, "events": [ {{events}} ] }""";

    const string Part = "\"file\": \"events.csv\", \"user\": \"user\", \"item\": \"item\"";

    [Fact]
    public void The_last_row_of_a_user_and_an_item_decides_before_the_condition_is_asked()
    {
        using var files = new SmallDataset(
            events: "user,item,rating\nx,1,5\nx,2,5\nx,1,1\nx,3,2\nx,3,4.0\n",
            description: Describe($$"""{ {{Part}}, "task": "like", "where": "rating >= 4" }"""));
        Assert.Equal([1, 2], files.Read().Events[0].ItemRows);
        files.Write("dataset.json", Describe($$"""{ {{Part}}, "task": "like", "where": "rating >= 4", "duplicates": "keep-all" }"""));
        Assert.Equal([0, 1, 2], files.Read().Events[0].ItemRows);
        files.Write("dataset.json", Describe($$"""{ {{Part}}, "task": "all", "duplicates": "keep-all" }"""));
        Assert.Equal([0, 0, 1, 2, 2], files.Read().Events[0].ItemRows);
    }

    [Fact]
    public void With_times_the_latest_row_decides_and_events_are_in_time_order()
    {
        using var files = new SmallDataset(
            events: "user,item,rating,at\nx,1,1,300\nx,1,5,200\nx,2,5,100\nx,3,5,1970-01-01T00:00:50+00:00\n",
            description: Describe($$"""{ {{Part}}, "task": "like", "where": "rating = 5", "time": "at" }"""));
        var like = files.Read().Events[0];
        Assert.Equal([2, 1], like.ItemRows);
        Assert.Equal([50L, 100], like.Times!);
    }

    [Fact]
    public void Files_of_one_task_are_joined_and_repeated_events_drop_again()
    {
        using var files = new SmallDataset(
            events: "user,item,rating\nx,1,5\nx,2,5\n",
            description: Describe($$"""
                { {{Part}}, "task": "a" },
                { {{Part}}, "task": "b" },
                { "file": "more.csv", "user": "u", "item": "i", "task": "a" }
                """));
        files.Write("more.csv", "u,i\nw,3\nx,2\nx,3\n");
        var data = files.Read();
        Assert.Equal(["a", "b"], data.Events.Select(e => e.Task));
        Assert.Equal(["w", "x"], data.UserIds);
        Assert.Equal([0, 1, 4], data.Events[0].Start);
        Assert.Equal([2, 0, 1, 2], data.Events[0].ItemRows);
        Assert.Equal([0, 0, 2], data.Events[1].Start);
    }

    [Fact]
    public void Events_of_unknown_items_are_noted_and_more_than_half_are_an_error()
    {
        using var files = new SmallDataset(events: "user,item,rating\nx,1,5\nx,77,5\ny,2,5\ny,78,1\n");
        var data = files.Read();
        Assert.Equal(2, data.Events[0].Count);
        Assert.Equal(["2 of 4 events of events.csv name unknown items (77, 78) and were not used"], files.Progress.Notes);
        files.Write("events.csv", "user,item,rating\nx,1,5\nx,77,5\ny,78,1\n");
        Assert.Equal(
            "events.csv: 2 of 3 events name items that are unknown (77, 78): is the item's column the right one?", files.FailText());
    }

    [Theory]
    [InlineData("x,1,5,", "the time is empty")]
    [InlineData("x,1,5,soon", "'soon' in column 'at' is neither Unix seconds nor a date")]
    [InlineData(",1,5,5", "the id is empty")]
    [InlineData("x, ,5,5", "the id is empty")]
    [InlineData("x,1,good,5", "'good' in column 'rating' is not a number")]
    [InlineData("x,1,5", "3 fields where 4 are expected")]
    public void Bad_events_are_reported_with_file_and_line(string row, string why)
    {
        using var files = new SmallDataset(
            events: $"user,item,rating,at\n{row}\nx,2,5,7\n",
            description: Describe($$"""{ {{Part}}, "task": "like", "where": "rating >= 4", "time": "at" }"""));
        string error = files.FailText();
        Assert.StartsWith(
            "events.csv: 1 of 2 rows are bad, more than the 0% allowed: events.csv:2: " + why, error, StringComparison.Ordinal);
        var data = files.Read(maxBadRows: 0.5);
        Assert.Equal([1], data.Events[0].ItemRows);
        string note = files.Progress.Notes.Single();
        Assert.StartsWith("1 of 2 rows of events.csv are bad and were skipped: events.csv:2: " + why, note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_hopeless_file_is_given_up_early()
    {
        using var files = new SmallDataset(events: "user,item\n" + string.Concat(Enumerable.Repeat("only\n", 30_000)));
        string error = files.FailText(maxBadRows: 0.001);
        Assert.Contains("10,000 of 10,000 rows are bad, more than the 0.1% allowed", error, StringComparison.Ordinal);
        Assert.EndsWith("events.csv:6: 1 fields where 2 are expected; …", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rating >= 4", "5", true)]
    [InlineData("rating >= 4", "4.0", true)]
    [InlineData("rating>=4", "3.9", false)]
    [InlineData("rating > 4", "4", false)]
    [InlineData("rating < 4", "-1e3", true)]
    [InlineData("rating <= -1", "-1", true)]
    [InlineData("rating = 4", "4.00", true)]
    [InlineData("rating != 4", "5", true)]
    [InlineData("rating != 4", "", false)]
    [InlineData("rating >= 4 AND rating < 5", "4.5", true)]
    [InlineData("rating >= 4 and \"rating\" < 5", "5", false)]
    [InlineData("rating = 'good'", "good", true)]
    [InlineData("rating = 'it''s'", "it's", true)]
    [InlineData("rating != 'good'", "bad", true)]
    [InlineData("rating != 'good'", "good", false)]
    public void Conditions_hold_as_they_read(string where, string cell, bool holds)
    {
        var condition = WhereCondition.Parse(where);
        Assert.All(condition.Columns, c => Assert.Equal("rating", c));
        Assert.Equal(holds, condition.Accepts([.. condition.Columns.Select(_ => cell)]));
    }

    [Theory]
    [InlineData("", "the condition ends where a column name is expected")]
    [InlineData("rating", "the condition ends where one of = != < <= > >= is expected")]
    [InlineData("rating =", "the condition ends where a number, or a text in single quotes is expected")]
    [InlineData("rating = good", "'g' at position 10 where a number, or a text in single quotes is expected")]
    [InlineData("rating = 'x", "the quote at position 10 is never closed")]
    [InlineData("rating > 'x'", "a text can only be compared with = and !=, not with > (position 10)")]
    [InlineData("rating > 4 OR rating < 2", "'O' at position 12 where AND or the end is expected")]
    [InlineData("rating ~ 4", "'~' at position 8 where one of = != < <= > >= is expected")]
    [InlineData("rating > 4 AND", "the condition ends where a column name is expected")]
    public void Conditions_that_are_none_are_refused_with_the_position(string where, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => WhereCondition.Parse(where)).Message);
}
