using System.Text.Json.Nodes;

namespace Argent.Cli.Tests;

public sealed class ModelTests(PublishedModel model) : IClassFixture<PublishedModel>
{
    [Fact]
    public async Task Inspect_shows_the_manifest()
    {
        var json = (await Shell.DoAsync("inspect", model.Models, "--format", "json")).Json;
        Assert.Equal("generated", (string?)json["name"]);
        Assert.Equal(300, (int)json["lists"]!["items"]!);
        Assert.Contains(json["tensors"]!.AsArray(), t => (string?)t!["name"] == "index.codes");
        var text = await Shell.DoAsync("inspect", model.Models);
        Assert.Contains("generated/" + (string?)json["version"], text.Output, StringComparison.Ordinal);
        Assert.Contains("index.codes", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blend_is_published_inspected_and_overridden()
    {
        const string Apart = """{"rules": [{"feature": "language", "window": 2}], "spacing": [{"feature": "genre", "weight": 0.3}]}""";
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["blend.json"], Apart);
        string[] publish = ["publish", "--data", model.Data, "--model", model.Trained, "--out", folder["models"], "--quiet", "--blend"];
        await Shell.DoAsync([.. publish, folder["blend.json"]]);
        var inspected = await Shell.DoAsync("inspect", folder["models"]);
        Assert.Contains("spacing of genre, at most 1 per language in 2", inspected.Output, StringComparison.Ordinal);
        string[] query = ["query", "--history", "17,42", "--k", "9", "--format", "json", "--model"];
        var own = (await Shell.DoAsync([.. query, folder["models"]])).Json["items"]!;
        var asked = (await Shell.DoAsync([.. query, model.Models, "--blend", Apart])).Json["items"]!;
        var plain = (await Shell.DoAsync([.. query, folder["models"], "--blend", "{}"])).Json["items"]!;
        Assert.Equal(own.ToJsonString(), asked.ToJsonString());
        Assert.Equal(plain.ToJsonString(), (await Shell.DoAsync([.. query, model.Models])).Json["items"]!.ToJsonString());
        Assert.Contains(own.AsArray(), i => i!["blend"] is not null);
        var refused = await Shell.RunAsync([.. publish, """{"spacing": [{"feature": "gender", "weight": 1}]}"""]);
        Assert.Equal(ExitCode.BadInput, refused.Code);
        Assert.Contains("Did you mean 'genre'?", refused.Error, StringComparison.Ordinal);
        var usage = await Shell.RunAsync([.. publish, "none.json"]);
        Assert.Equal(ExitCode.BadUsage, usage.Code);
        Assert.Contains("no such file", usage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_blend_sweeps_every_measure_and_diversity_grows_with_its_weight()
    {
        using var folder = new TemporaryFolder();
        var json = (await Shell.DoAsync(
            "eval", "blend", "--data", model.Data, "--model", model.Models, "--users", "60", "--k", "10", "--pool", "60",
            "--features", "genre", "--out", folder["out"], "--format", "json", "--quiet")).Json;
        var points = json["points"]!.AsArray();
        Assert.Equal(["by value", "MMR", "SSD", "DPP"], points.Select(p => (string)p!["measure"]!).Distinct());
        foreach (var measure in points.Skip(1).GroupBy(p => (string)p!["measure"]!))
        {
            double[] distances = [.. measure.Prepend(points[0]).Select(p => (double)p!["distance"]!)];
            Assert.True(distances[^1] > distances[0] + 0.02, $"{measure.Key}: {string.Join(", ", distances)}");
            Assert.All(measure, p => Assert.True((double)p!["meanValue"]! <= (double)points[0]!["meanValue"]! + 1e-9));
        }
        string[] files = [.. Directory.GetFiles(folder["out"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(["recall-distance.svg", "recall-genre.svg", "results.json", "results.md"], files);
    }

    [Fact]
    public async Task Verify_agrees_with_an_untouched_artifact()
    {
        var json = (await Shell.DoAsync("verify", model.Models, "--format", "json")).Json;
        Assert.True((bool)json["ok"]!);
    }

    [Fact]
    public async Task Query_answers_one_user_with_eligible_items_only()
    {
        var json = (await Shell.DoAsync(
            "query", "--model", model.Models, "--history", "17,42", "--k", "7", "--filter", "language = 'eng'", "--format", "json")).Json;
        Assert.Equal(7, json["items"]!.AsArray().Count);
        Assert.Equal("complete", (string?)json["status"]);
        var text = await Shell.DoAsync("query", "--model", model.Models, "--history", "save=17", "--history", "like=42", "--k", "3");
        Assert.Contains("complete: 3 items", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_tells_of_a_trained_model_what_query_answers()
    {
        string[] request =
            ["--model", model.Models, "--history", "save=17,42", "--history", "like=3", "--k", "4", "--filter", "language = 'eng'"];
        var answer = (await Shell.DoAsync(["query", .. request, "--format", "json"])).Json;
        int rank = 0;
        foreach (var item in answer["items"]!.AsArray())
        {
            var json = (await Shell.DoAsync(["explain", .. request, "--item", (string)item!["id"]!, "--format", "json"])).Json;
            Assert.Equal(("served", ++rank), ((string?)json["verdict"], (int)json["rank"]!));
            Assert.Equal((float)item["score"]!, (float)json["value"]!["value"]!);
            Assert.Equal(item["tasks"]!.AsObject().Select(t => t.Key), json["heads"]!.AsArray().Select(h => (string)h!["task"]!));
        }
        Assert.Equal(4, rank);
    }

    [Fact]
    public async Task Query_answers_a_file_line_by_line_and_says_which_requests_are_wrong()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["requests.jsonl"],
        [
            """{"user":{"history":["17"]},"k":2}""",
            """{"k":0}""",
            """{"user":{"history":["17"]},"k":2,"filter":"yeer > 3"}""",
            """{"user":{},"k":300,"filter":"NOT language = 'eng'"}""",
        ]);
        var result = await Shell.RunAsync(
            "query", "--model", model.Models, "--requests", folder["requests.jsonl"], "--out", folder["results.jsonl"], "--batch", "3");
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.Contains("2 of 4 requests are wrong", result.Error, StringComparison.Ordinal);
        var lines = File.ReadAllLines(folder["results.jsonl"]).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, lines[0]["items"]!.AsArray().Count);
        Assert.Equal("badRequest", (string?)lines[1]["error"]!["kind"]);
        Assert.Equal(1, (int)lines[2]["error"]!["position"]!["column"]!);
        Assert.Equal("exhausted", (string?)lines[3]["status"]);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task A_file_and_single_queries_give_the_same_answers()
    {
        using var folder = new TemporaryFolder();
        string[] users = ["17,42", "3", "5,6,7,8"];
        File.WriteAllLines(folder["requests.jsonl"], users.Select(u =>
            $$"""{"user":{"history":[{{string.Join(',', u.Split(',').Select(id => $"\"{id}\""))}}]},"k":10}"""));
        var all = await Shell.DoAsync("query", "--model", model.Models, "--requests", folder["requests.jsonl"]);
        var lines = all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < users.Length; i++)
        {
            var one = await Shell.DoAsync("query", "--model", model.Models, "--history", users[i], "--k", "10", "--format", "json");
            Assert.Equal(one.Json["items"]!.ToJsonString(), JsonNode.Parse(lines[i])!["items"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task Eval_reports_the_model_exact_search_and_popularity()
    {
        string[] words = ["eval", "--data", model.Data, "--model", model.Models, "--exact", "--format", "json", "--quiet"];
        var json = (await Shell.DoAsync(words)).Json;
        var save = json["tasks"]!["save"]!;
        foreach (var figures in new[] { save, save["exact"]!, save["popularity"]! })
        {
            Assert.InRange((double)figures["recall@20"]!, 0, (double)figures["recall@100"]!);
            Assert.InRange((double)figures["recallMargin@100"]!, 1e-4, 0.2);
            Assert.InRange((double)figures["ndcg@100"]!, 0, 1);
            Assert.InRange((double)figures["coverage@100"]!, 0, 1);
        }
        Assert.Equal(7, (int)json["split"]!["seed"]!);
        Assert.True((int)json["users"]! > 0);
        var text = await Shell.DoAsync("eval", "--data", model.Data, "--model", model.Models, "--users", "10", "--quiet");
        Assert.Contains("popularity", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_again_gives_the_same_version()
    {
        using var folder = new TemporaryFolder();
        var json = (await Shell.DoAsync(
            "publish", "--data", model.Data, "--model", model.Trained, "--out", folder.Path, "--format", "json", "--threads", "2")).Json;
        string first = Directory.GetDirectories(Path.Combine(model.Models, "generated")).Single();
        Assert.Equal(Path.GetFileName(first), Path.GetFileName((string?)json["folder"]));
    }

    [Fact]
    public async Task Quiet_commands_print_results_only()
    {
        var result = await Shell.DoAsync("eval", "--data", model.Data, "--model", model.Models, "--users", "5", "--quiet");
        Assert.Empty(result.Error);
    }
}
