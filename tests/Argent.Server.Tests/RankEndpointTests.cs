using System.Net;
using Argent.Serving.Tests;

namespace Argent.Server.Tests;

public sealed class RankEndpointTests(SmallModel small) : EndpointTests(small)
{
    [Fact]
    public async Task Items_have_the_scores_of_a_retrieval_in_the_order_of_the_request()
    {
        var (_, found) = await Post("retrieve", $$"""{{{User}},"k":20,"nprobe":16}""");
        var expected = found.GetProperty("items").EnumerateArray()
            .Select(i => (Id: i.GetProperty("id").GetString()!, Score: i.GetProperty("score").GetRawText())).Reverse().ToList();
        string ids = string.Join(",", expected.Select(e => $"\"{e.Id}\""));
        var (status, ranked) = await Post("rank", $$"""{{{User}},"items":[{{ids}},7,"x"]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected, ranked.GetProperty("items").EnumerateArray()
            .Select(i => (i.GetProperty("id").GetString()!, i.GetProperty("score").GetRawText())));
        Assert.Equal(["7", "x"], ranked.GetProperty("missing").EnumerateArray().Select(m => m.GetString()!));
        Assert.Equal(2, ranked.GetProperty("counts").GetProperty("missing").GetInt32());
        foreach (string key in (string[])["snapshot", "watermark"])
        {
            Assert.Equal(found.GetProperty(key).GetRawText(), ranked.GetProperty(key).GetRawText());
        }
        Assert.True(ranked.GetProperty("timingUs").GetProperty("total").GetInt64() >= 0);
        var (_, best) = await Post("rank", $$"""{{{User}},"items":[{{ids}}],"k":1}""");
        Assert.Equal(expected[^1].Id, Assert.Single(best.GetProperty("items").EnumerateArray().ToList()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_largest_list_is_answered_and_a_longer_one_is_too_large()
    {
        string ids = string.Join(",", Enumerable.Range(0, 200_000).Select(i => i % SmallModel.Items * 10));
        var (status, ranked) = await Post("rank", $$"""{{{User}},"items":[{{ids}}],"filter":"language = 'eng'"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var items = ranked.GetProperty("items").EnumerateArray().ToList();
        Assert.All(items, i => Assert.Equal("eng", SmallModel.Language(int.Parse(i.GetProperty("id").GetString()!) / 10)));
        Assert.Equal(200_000, items.Count + ranked.GetProperty("ineligible").GetArrayLength());
        var (tooLarge, problem) = await Post("rank", $$"""{{{User}},"items":[{{ids}},0]}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge);
        Assert.Contains("at most 200000", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{U}""", 400, "'items' is missing")]
    [InlineData("""{U,"items":["0"],"exclude":["0"]}""", 400, "leave the ids out of 'items'")]
    [InlineData("""{U,"items":["0"],"filter":"lang = 'eng'"}""", 422, "language")]
    [InlineData("""{U,"items":["0"],"value":"scre"}""", 422, "score")]
    [InlineData("""{U,"items":["0"],"embeddings":"computed"}""", 400, "no item tower")]
    [InlineData("""{U,"items":["0"],"deadlineMs":1e-9}""", 504, "deadline")]
    [InlineData("""{"items":["0"]}""", 400, "no user tower")]
    public async Task A_wrong_request_gets_problem_details(string body, int status, string detail)
    {
        var (actual, problem) = await Post("rank", body.Replace("U", User, StringComparison.Ordinal));
        Assert.Equal(status, (int)actual);
        Assert.Contains(detail, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_outcomes_are_counted()
    {
        var (missing, problem) = await Post("rank", $$"""{{{User}},"items":["0"]}""", "smal");
        Assert.Equal(HttpStatusCode.NotFound, missing);
        Assert.Contains("small", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        await Post("rank", $$"""{{{User}},"items":["0","10","x"]}""");
        string metrics = await Client.GetStringAsync("/metrics", Cancellation);
        Assert.Matches("argent_ranking_items_total\\{outcome=\"missing\"\\} [1-9]", metrics);
        Assert.Matches("argent_ranking_items_total\\{outcome=\"scored\"\\} [2-9]", metrics);
    }
}
