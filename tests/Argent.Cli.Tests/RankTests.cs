using System.CommandLine.Parsing;
using System.Text.Json.Nodes;

namespace Argent.Cli.Tests;

public sealed class RankTests(Bookshelf shelf, PublishedModel published) : IClassFixture<Bookshelf>, IClassFixture<PublishedModel>
{
    [Fact]
    public async Task The_page_shows_what_the_command_prints()
    {
        var blocks = Bookshelf.Page("ranking.md").Split("```console\n$ ").Skip(1).Select(b => b.Split("```")[0]).ToList();
        Assert.True(blocks.Count >= 2);
        foreach (string block in blocks)
        {
            string command = block.Split('\n')[0];
            string[] words = [.. CommandLineParser.SplitCommandLine(command).Skip(1).Select(shelf.Place)];
            var result = await Shell.DoAsync(words);
            Assert.Equal(block[(command.Length + 1)..], result.Output.ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public async Task A_trained_model_ranks_as_it_retrieves_and_computed_embeddings_have_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string[] user = ["--model", published.Models, "--history", "17,20,51"];
        string[] search = ["query", .. user, "--k", "150", "--nprobe", "1000", "--format", "json"];
        var found = (await Shell.DoAsync(search)).Json["items"]!.AsArray();
        string ids = string.Join(",", found.Select(i => (string)i!["id"]!).Reverse());
        var ranked = (await Shell.DoAsync(["query", .. user, "--rank", ids, "--sort", "--format", "json"])).Json["items"]!.AsArray();
        Assert.Equal(found.Select(Scores), ranked.Select(Scores));
        var best = (await Shell.DoAsync(["query", .. user, "--rank", ids, "--k", "3", "--format", "json"])).Json["items"]!.AsArray();
        Assert.Equal(found.Take(3).Select(Scores), best.Select(Scores));

        string list = string.Join(",", Enumerable.Range(1, 300).Select(i => $"\"{i}\""));
        string request = """{"user":{"history":["17","20","51"]},"items":[""" + list + "]";
        File.WriteAllLines(folder["requests.jsonl"],
            [request + "}", request + ""","embeddings":"computed"}""", """{"items":["1"],"only":["1"]}""", request + ""","k":4}"""]);
        var run = await Shell.RunAsync(
            "query", "--model", published.Models, "--rank", "--requests", folder["requests.jsonl"], "--out", folder["answers.jsonl"]);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("1 of 4 requests are wrong", run.Error, StringComparison.Ordinal);
        var answers = File.ReadAllLines(folder["answers.jsonl"]).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(300, answers[0]["items"]!.AsArray().Count);
        Assert.Equal(answers[0]["items"]!.ToJsonString(), answers[1]["items"]!.ToJsonString());
        Assert.Contains("'items' are the only items", (string)answers[2]["error"]!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(4, answers[3]["items"]!.AsArray().Count);
        Assert.Equal(300, (int)answers[3]["counts"]!["scored"]!);

        static string Scores(JsonNode? item) => $"{item!["id"]} {item["score"]} {item["tasks"]!.ToJsonString()}";
    }

    [Theory]
    [InlineData("--rank takes item ids", "--rank")]
    [InlineData("--rank takes item ids", "--rank", "1", "--requests", "r.jsonl")]
    [InlineData("--rank and --nprobe do not go together", "--rank", "1", "--nprobe", "3")]
    [InlineData("--rank and --exclude do not go together", "--rank", "1", "--exclude", "3")]
    [InlineData("--requests and --sort do not go together", "--rank", "--requests", "r.jsonl", "--sort")]
    [InlineData("--sort goes with --rank", "--sort")]
    [InlineData("--vectors and --user do not go together", "--rank", "1", "--vectors", "q.npy", "--user", "7")]
    public async Task Wrong_usage_says_what_does_not_go_together(string says, params string[] words)
    {
        var result = await Shell.RunAsync(["query", "--model", shelf.Models, .. words.Select(shelf.Place)]);
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }
}
