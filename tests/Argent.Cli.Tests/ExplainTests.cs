using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Tensors;

namespace Argent.Cli.Tests;

public sealed class ExplainTests(Bookshelf shelf) : IClassFixture<Bookshelf>
{
    [Fact]
    public async Task The_page_shows_what_the_command_prints()
    {
        var blocks = Bookshelf.Page().Split("```console\n$ ").Skip(1).Select(b => b.Split("```")[0]).ToList();
        Assert.True(blocks.Count >= 3);
        foreach (string block in blocks)
        {
            string command = block.Split('\n')[0];
            string[] words = [.. CommandLineParser.SplitCommandLine(command).Skip(1).Select(shelf.Place)];
            var result = await Shell.DoAsync(words);
            Assert.Equal(block[(command.Length + 1)..], result.Output.ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public async Task Every_place_of_an_answer_is_explained_as_it_is()
    {
        string[] request = ["--k", "5", "--nprobe", "2", "--filter", "language = 'eng'"];
        await Shell.DoAsync(["query", "--model", shelf.Models, "--vectors", shelf.Query, .. request, "--out", shelf.Place("ids.npy")]);
        long[] ids = NpyReader.Read<long>(shelf.Place("ids.npy")).ToArray();
        for (int rank = 1; rank <= 5; rank++)
        {
            var json = (await Explain(["--item", $"{ids[rank - 1]}", "--vectors", shelf.Query, .. request])).Json;
            Assert.Equal(("served", rank), ((string?)json["verdict"], (int)json["rank"]!));
            Assert.StartsWith("bookshelf/", (string?)json["snapshot"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_has_the_request_and_the_item()
    {
        string file = shelf.Place("request.json");
        string vector = string.Join(",", Bookshelf.QueryVector);
        File.WriteAllText(file, $$"""{"user":{"vectors":[[{{vector}}]]},"k":5,"nprobe":2,"filter":"year < 1950","item":"7"}""");
        var json = (await Explain("--request", file)).Json;
        Assert.Equal(("filtered", "7"), ((string?)json["verdict"], (string?)json["item"]));
        Assert.Equal("9", (string?)(await Explain("--request", file, "--item", "9")).Json["item"]);
        var both = await Shell.RunAsync("explain", "--model", shelf.Models, "--request", file, "--k", "5");
        Assert.Equal(ExitCode.BadUsage, both.Code);
        Assert.Contains("--request and --k do not go together", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_says_what_is_missing()
    {
        var none = await Shell.RunAsync("explain", "--model", shelf.Models, "--vectors", shelf.Query);
        Assert.Equal(ExitCode.BadUsage, none.Code);
        Assert.Contains("--item is missing", none.Error, StringComparison.Ordinal);
        var far = await Shell.RunAsync("explain", "--model", shelf.Models, "--vectors", shelf.Query, "--query", "1", "--item", "1");
        Assert.Equal(ExitCode.BadInput, far.Code);
        Assert.Contains("there is no query 1", far.Error, StringComparison.Ordinal);
        var user = await Shell.RunAsync("explain", "--model", shelf.Models, "--vectors", shelf.Query, "--history", "1", "--item", "1");
        Assert.Contains("--vectors and --history do not go together", user.Error, StringComparison.Ordinal);
        var filter = await Shell.RunAsync(
            "explain", "--model", shelf.Models, "--vectors", shelf.Query, "--item", "1", "--filter", "langage = 'eng'");
        Assert.Equal(ExitCode.BadInput, filter.Code);
        Assert.Contains("language", filter.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_nested_deep_is_printed_whole()
    {
        string filter = string.Concat(Enumerable.Repeat("NOT ", 60)) + "language = 'eng'";
        var json = await Explain("--item", "1", "--vectors", shelf.Query, "--filter", filter);
        Assert.Contains("language = 'eng'", json.Output, StringComparison.Ordinal);
        var text = await Shell.DoAsync("explain", "--model", shelf.Models, "--item", "9", "--vectors", shelf.Query, "--filter", filter);
        Assert.Contains("fails, at line 1, column 241", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_a_file_may_ask_for_an_explanation()
    {
        string file = shelf.Place("requests.jsonl"), vector = string.Join(",", Bookshelf.QueryVector);
        File.WriteAllLines(file,
        [
            $$"""{"user":{"vectors":[[{{vector}}]]},"k":2}""",
            """{"k":0}""",
            $$"""{"user":{"vectors":[[{{vector}}]]},"k":3,"explain":true}""",
        ]);
        var result = await Shell.RunAsync("query", "--model", shelf.Models, "--requests", file);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Null(lines[0]["explain"]);
        Assert.Equal(6, (int)lines[2]["explain"]!["lists"]!);
        Assert.All(lines[2]["items"]!.AsArray(), i => Assert.Equal(1, (int)i!["explain"]!["heads"]![0]!["listRank"]!));
    }

    Task<ShellResult> Explain(params string[] words) =>
        Shell.DoAsync(["explain", "--model", shelf.Models, .. words, "--format", "json"]);
}

/// <summary>
/// Books of six subjects, far apart, with vectors of small whole numbers: every score is exact, so that what a command
/// prints of them is the same on every machine.
/// </summary>
public sealed class Bookshelf : IAsyncLifetime
{
    const int Books = 120;

    readonly TemporaryFolder _folder = new();

    /// <summary>Near the books of the first subject.</summary>
    public static float[] QueryVector { get; } = [100, 20, 3, 1];

    /// <summary>The folder of models.</summary>
    public string Models => _folder["models"];

    /// <summary>A file of one query vector.</summary>
    public string Query => _folder["q.npy"];

    /// <summary>The file of a name without a folder; other words stay as they are.</summary>
    public string Place(string word) => word == "models" || Path.GetExtension(word) is ".npy" or ".json" or ".jsonl" ? _folder[word] : word;

    /// <summary>A page of docs.</summary>
    public static string Page(string name = "explain.md")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", name);
            if (File.Exists(path)) return File.ReadAllText(path).ReplaceLineEndings("\n");
        }
        throw new FileNotFoundException($"There is no docs/{name} above the test.");
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var items = Tensor.Zeros<float>(new Shape(Books, 4));
        for (int i = 0; i < Books; i++) Vector(i).CopyTo(items.Row(i));
        NpyWriter.Write(_folder["items.npy"], items);
        NpyWriter.Write(Query, Tensor.From(QueryVector, new Shape(1, 4)));
        File.WriteAllLines(_folder["ids.txt"], Enumerable.Range(0, Books).Select(i => $"{i + 1}"));
        string[] languages = ["eng", "fre", ""];
        File.WriteAllLines(_folder["books.csv"], Enumerable.Range(0, Books)
            .Select(i => $"{i + 1},Book {i + 1},{languages[i / 6 % 3]},{1920 + i * 7 % 100}").Prepend("id,name,language,year"));
        File.WriteAllText(_folder["dataset.json"], """
            {"name":"bookshelf","items":{"id":"id","title":"name","features":{"language":{"type":"category"},"year":{"type":"integer"}}}}
            """);
        await Shell.DoAsync(
            "publish", "--embeddings", _folder["items.npy"], "--ids", _folder["ids.txt"], "--attributes", _folder["books.csv"],
            "--metric", "ip", "--nlist", "6", "--name", "bookshelf", "--out", Models, "--quiet");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    static float[] Vector(int i)
    {
        double angle = i % 6 * Math.PI / 3;
        return
        [
            (float)Math.Round(100 * Math.Cos(angle)) + i * 7 % 11 - 5, (float)Math.Round(100 * Math.Sin(angle)) + i * 5 % 13 - 6,
            i * 3 % 9 - 4, i % 5 - 2,
        ];
    }
}
