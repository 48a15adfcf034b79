using System.Net;
using System.Text.Json;
using Argent.Serving.Tests;

namespace Argent.Server.Tests;

public sealed class ExplainEndpointTests(SmallModel small) : EndpointTests(small)
{
    [Fact]
    public async Task Every_item_of_an_answer_is_explained_as_served_at_its_rank()
    {
        string body = $$"""{{{User}},"k":5,"filter":"language = 'eng' AND year > 1905","nprobe":4""";
        var (_, answer) = await Post("retrieve", body + "}");
        int rank = 0;
        foreach (var item in answer.GetProperty("items").EnumerateArray())
        {
            rank++;
            var (status, explained) = await Post("explain", $"{body},\"item\":{item.GetProperty("id").GetRawText()}}}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("served", explained.GetProperty("verdict").GetString());
            Assert.Equal(rank, explained.GetProperty("rank").GetInt32());
            Assert.Equal(item.GetProperty("title").GetString(), explained.GetProperty("title").GetString());
            Assert.Equal(item.GetProperty("score").GetDouble(), explained.GetProperty("value").GetProperty("value").GetDouble());
            Assert.Equal(JsonValueKind.Null, explained.GetProperty("change").ValueKind);
            Assert.Equal(answer.GetProperty("snapshot").GetString(), explained.GetProperty("snapshot").GetString());
            Assert.Equal(answer.GetProperty("probes").GetInt32(), explained.GetProperty("search").GetProperty("probes").GetInt32());
        }
        Assert.Equal(5, rank);
    }

    [Fact]
    public async Task A_filtered_item_shows_the_leaf_its_values_and_a_filter_that_serves_it()
    {
        var (_, best) = await Post("retrieve", $$"""{{{User}},"k":1,"nprobe":16,"filter":"NOT language = 'eng'"}""");
        string id = best.GetProperty("items")[0].GetProperty("id").GetString()!;
        string body = $$"""{{{User}},"k":30,"nprobe":16,"filter":"year > 1 AND language = 'eng'","item":"{{id}}"}""";
        var (_, explained) = await Post("explain", body);
        Assert.Equal("filtered", explained.GetProperty("verdict").GetString());
        var filter = explained.GetProperty("filter");
        Assert.False(filter.GetProperty("matches").GetBoolean());
        var failing = Assert.Single(filter.GetProperty("failing").EnumerateArray().ToList());
        Assert.Equal("language = 'eng'", failing.GetProperty("text").GetString());
        Assert.Equal(14, failing.GetProperty("position").GetProperty("column").GetInt32());
        Assert.Equal("language", failing.GetProperty("feature").GetString());
        Assert.Equal(2, filter.GetProperty("tree").GetProperty("operands").GetArrayLength());
        var step = Assert.Single(explained.GetProperty("change").GetProperty("steps").EnumerateArray().ToList());
        Assert.Equal(("filter", "year > 1", "served"),
            (step.GetProperty("field").GetString(), step.GetProperty("value").GetString(), step.GetProperty("leads").GetString()));
    }

    [Fact]
    public async Task An_unknown_item_is_a_verdict_and_an_unknown_model_is_not_found()
    {
        var (status, explained) = await Post("explain", $$"""{{{User}},"item":"12345"}""");
        Assert.Equal((HttpStatusCode.OK, "unknownItem"), (status, explained.GetProperty("verdict").GetString()));
        var (missing, problem) = await Post("explain", $$"""{{{User}},"item":"0"}""", "smal");
        Assert.Equal(HttpStatusCode.NotFound, missing);
        Assert.Contains("small", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{U}""", 400, "'item' is missing")]
    [InlineData("""{U,"item":"0","k":0}""", 400, "k is 0")]
    [InlineData("""{U,"item":"0","filter":"lang = 'eng'"}""", 422, "language")]
    [InlineData("""{U,"item":["0"]}""", 400, "'item'")]
    [InlineData("""{U,"itm":"0"}""", 400, "Did you mean 'item'?")]
    [InlineData("""{U,"item":"0","value":"scre"}""", 422, "score")]
    public async Task A_wrong_request_gets_problem_details(string body, int status, string detail)
    {
        var (actual, problem) = await Post("explain", body.Replace("U", User, StringComparison.Ordinal));
        Assert.Equal(status, (int)actual);
        Assert.Contains(detail, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrieve_explains_every_item_when_it_is_asked_to()
    {
        var (status, answer) = await Post("retrieve", $$"""{{{User}},"k":4,"nprobe":3,"explain":true}""");
        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var item in answer.GetProperty("items").EnumerateArray())
        {
            var explain = item.GetProperty("explain");
            Assert.InRange(explain.GetProperty("list").GetInt32(), 0, 15);
            var head = Assert.Single(explain.GetProperty("heads").EnumerateArray().ToList());
            Assert.InRange(head.GetProperty("listRank").GetInt32(), 1, 3);
            Assert.Equal(item.GetProperty("score").GetDouble(), explain.GetProperty("value").GetDouble());
            Assert.Equal(head.GetProperty("score").GetDouble(), head.GetProperty("codeScore").GetDouble(), 0.1);
        }
        Assert.Equal(3, answer.GetProperty("explain").GetProperty("nprobe").GetInt32());
        Assert.True(answer.GetProperty("explain").GetProperty("keptPerHead").GetInt32() >= 4);
        var (refused, problem) = await Post("retrieve", $$"""{{{User}},"k":1001,"explain":true}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("1000 items are explained at most", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_formula_of_many_steps_is_shown_whole()
    {
        string chain = string.Join(" / ", Enumerable.Repeat("score", 500));
        using var response = await Send("explain", $$"""{{{User}},"item":"0","value":"{{chain}}"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(chain, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
