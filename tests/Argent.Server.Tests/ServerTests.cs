using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Argent.Serving.Tests;

namespace Argent.Server.Tests;

public sealed class ServerTests(SmallModel small) : EndpointTests(small, new ServerOptions { BodyBytesMax = 100_000 })
{
    [Fact]
    public async Task Retrieve_answers_in_the_documented_shape()
    {
        using var response = await Send(
            "retrieve",
            $$"""{"user":{"vectors":[{{Vector}}]},"k":5,"filter":"language = 'eng'","exclude":["0"],"nprobe":4}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var answer = await Json(response);
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(5, items.Count);
        foreach (var item in items)
        {
            int row = int.Parse(item.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture) / 10;
            Assert.Equal("eng", SmallModel.Language(row));
            Assert.NotEqual(0, row);
            Assert.Equal($"Item {row}", item.GetProperty("title").GetString());
            Assert.Equal(item.GetProperty("score").GetDouble(), item.GetProperty("tasks").GetProperty("score").GetDouble());
        }
        Assert.Equal("complete", answer.GetProperty("status").GetString());
        Assert.True(answer.GetProperty("eligibleSeen").GetInt64() >= 5);
        Assert.True(answer.GetProperty("probes").GetInt32() >= 4);
        Assert.Matches("^small/[0-9a-f]{12}$", answer.GetProperty("snapshot").GetString());
        Assert.Equal(0, answer.GetProperty("watermark").GetInt64());
        Assert.True(answer.GetProperty("coverage").GetProperty("complete").GetBoolean());
        foreach (string step in new[] { "queue", "userTower", "scan", "overArch", "total" })
        {
            Assert.True(answer.GetProperty("timingUs").GetProperty(step).GetInt64() >= 0);
        }
    }

    [Theory]
    [InlineData("""{"k":0,"user":{"vectors":[V]}}""", 400)]
    [InlineData("""{"k":100001,"user":{"vectors":[V]}}""", 400)]
    [InlineData("""{"user":{"vectors":[[1,2]]}}""", 400)]
    [InlineData("""{"users":{}}""", 400)]
    [InlineData("""not json""", 400)]
    [InlineData("", 400)]
    [InlineData("""{"user":{"vectors":[V]},"filter":"language = "}""", 422)]
    [InlineData("""{"user":{"vectors":[V]},"filter":"lang = 'eng'"}""", 422)]
    [InlineData("""{"user":{"vectors":[V]},"value":"score +"}""", 422)]
    [InlineData("""{"user":{"vectors":[V]},"deadlineMs":0.000001}""", 504)]
    public async Task A_wrong_request_gets_problem_details(string body, int status)
    {
        using var response = await Send("retrieve", body.Replace("V", Vector, StringComparison.Ordinal));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await Json(response);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        foreach (string key in new[] { "type", "title", "detail" }) Assert.NotEmpty(problem.GetProperty(key).GetString()!);
        Assert.DoesNotContain("   at ", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        if (status == 422) Assert.True(problem.GetProperty("position").GetProperty("column").GetInt32() > 0);
    }

    [Fact]
    public async Task A_blend_composes_the_list_and_each_moved_item_says_from_where()
    {
        string request = $$"""{"user":{"vectors":[{{Vector}}]},"k":12""";
        using var plain = await Send("retrieve", request + ""","blend":{}}""");
        using var spaced = await Send("retrieve", request + ""","blend":{"rules":[{"feature":"language","count":1,"window":3}]}}""");
        string[] byValue = [.. (await Json(plain)).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
        var items = (await Json(spaced)).GetProperty("items").EnumerateArray().ToList();
        int[] ids = [.. items.Select(i => int.Parse(i.GetProperty("id").GetString()!, CultureInfo.InvariantCulture))];
        string?[] languages = [.. ids.Select(id => SmallModel.Language(id / 10))];
        var reasons = new HashSet<string>();
        for (int i = 0; i < items.Count; i++)
        {
            Assert.DoesNotContain(languages[Math.Max(0, i - 2)..i], l => l is not null && l == languages[i]);
            string id = items[i].GetProperty("id").GetString()!;
            if (!items[i].TryGetProperty("blend", out var move))
            {
                Assert.Equal(byValue[i], id);
                continue;
            }
            int rank = move.GetProperty("rank").GetInt32();
            Assert.NotEqual(i + 1, rank);
            if (rank <= byValue.Length) Assert.Equal(byValue[rank - 1], id);
            if (move.TryGetProperty("by", out var by)) reasons.Add(by.GetString()!);
            else Assert.True(rank > i + 1);
        }
        Assert.Equal(["at most 1 per language in 3"], reasons);
        using var wrong = await Send("retrieve", request + ""","blend":{"rules":[{"feature":"langauge"}]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var problem = await Json(wrong);
        Assert.Equal("Blend error", problem.GetProperty("title").GetString());
        Assert.Contains("'language'", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var response = await Send("retrieve", "{\"filter\":\"" + new string('x', 200_000) + "\"}");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Unknown_models_and_addresses_are_not_found()
    {
        using var model = await Send("retrieve", "{}", "smal");
        Assert.Equal(HttpStatusCode.NotFound, model.StatusCode);
        Assert.Contains("small", (await Json(model)).GetProperty("detail").GetString()!, StringComparison.Ordinal);
        using var address = await Client.GetAsync("/nowhere", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, address.StatusCode);
        Assert.Equal("application/problem+json", address.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Models_health_and_metadata_are_there()
    {
        var list = await Client.GetFromJsonAsync<JsonElement>("/v1/models", Cancellation);
        Assert.Equal("small", list.GetProperty("models")[0].GetProperty("name").GetString());
        var model = await Client.GetFromJsonAsync<JsonElement>("/v1/models/small", Cancellation);
        Assert.Equal(SmallModel.Items, model.GetProperty("items").GetInt32());
        Assert.Equal("language", model.GetProperty("features")[0].GetProperty("name").GetString());
        foreach (string path in new[] { "/v2/health/live", "/v2/health/ready", "/v2/models/small/ready", "/v2/models/small" })
        {
            using var response = await Client.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        using var unknown = await Client.GetAsync("/v2/models/other/ready", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Metrics_count_requests_in_the_prometheus_format()
    {
        using (await Send("retrieve", $$"""{"user":{"vectors":[{{Vector}}]} }""")) { }
        using (await Send("retrieve", """{"k":0}""")) { }
        string text = await Client.GetStringAsync("/metrics", Cancellation);
        Assert.Matches(new Regex("^argent_requests_total\\{status=\"complete\"\\} [1-9]", RegexOptions.Multiline), text);
        Assert.Matches(new Regex("^argent_request_failures_total\\{reason=\"BadRequest\"\\} [1-9]", RegexOptions.Multiline), text);
        Assert.Contains("argent_request_duration_seconds_bucket{le=\"+Inf\"}", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE argent_queue_length gauge", text, StringComparison.Ordinal);
        Assert.All(text.TrimEnd('\n').Split('\n'), line =>
            Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[^}]*\\})? [-+0-9.eE]+)$", line));
    }

    [Fact]
    public async Task Many_requests_at_once_are_all_answered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await Send("retrieve", $$"""{"k":{{i + 1}},"user":{"vectors":[{{Vector}}]} }""");
            return (await Json(response)).GetProperty("items").GetArrayLength();
        }));
        Assert.Equal(Enumerable.Range(1, 100), answers);
    }
}
