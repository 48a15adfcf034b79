using System.Text.Json.Nodes;
using Argent.Tensors;

namespace Argent.Cli.Tests;

/// <summary>What samples/import/two_towers.py wrote, once for all tests.</summary>
public sealed class ExportedModel : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => await Python.RunAsync("samples/import/two_towers.py", Folder);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class ImportTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    const int Items = 300;

    [Fact]
    public async Task Imported_weights_serve_the_probabilities_that_NumPy_computes()
    {
        using var folder = new TemporaryFolder();
        var imported = await Shell.DoAsync(
            "import", "--map", Path.Combine(exported.Folder, "map.json"), "--out", folder["trained"], "--format", "json");
        Assert.Equal(7, imported.Json["tensors"]!.AsArray().Count);
        await Shell.DoAsync(
            "publish", "--data", Path.Combine(exported.Folder, "dataset.json"), "--model", folder["trained"], "--nprobe", "4",
            "--out", folder["models"], "--quiet");
        await Shell.DoAsync(
            "query", "--model", folder["models"], "--requests", Path.Combine(exported.Folder, "requests.jsonl"),
            "--out", folder["results.jsonl"]);
        var answers = File.ReadAllLines(folder["results.jsonl"]).Select(line => JsonNode.Parse(line)!["items"]!.AsArray()).ToList();
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(exported.Folder, "expected.json")))!.AsArray();
        Assert.Equal(expected.Count, answers.Count);
        foreach (var (answer, wanted) in answers.Zip(expected))
        {
            Assert.Equal(Items, answer.Count);
            foreach (var item in answer)
            {
                // The embedding cache is bfloat16: its rounding moves a probability by about .001 at most here.
                foreach (string task in (string[])["save", "like"])
                {
                    double probability = (double)wanted![task]![(string)item!["id"]!]!;
                    Assert.Equal(probability, (double)item["tasks"]![task]!, 0.003);
                }
            }
        }
    }

    [Fact]
    public async Task An_OverArch_is_imported_through_the_same_map_and_scores_the_candidates()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(exported.Folder)) File.Copy(file, folder[Path.GetFileName(file)]);
        // Hidden layers that say nothing beside a linear part: twice the score of the task, and half of the other task's.
        SafetensorsWriter.Write(folder["scorer.safetensors"],
        [
            ("hidden", AnyTensor.From(Tensor.Zeros<Half>(new Shape(3, 2)))),
            ("linear", AnyTensor.From(Tensor.From<Half>([(Half)2, (Half)0.5, (Half)0.5, (Half)2], new Shape(2, 2)))),
        ]);
        var map = JsonNode.Parse(File.ReadAllText(folder["map.json"]))!.AsObject();
        map["files"]!.AsArray().Add("scorer.safetensors");
        map["model"]!["overArch"] = JsonNode.Parse(
            """{ "kind": "mlp", "options": { "projection": 0, "hidden": [3] }, "features": ["score.save", "score.like"] }""");
        var added = JsonNode.Parse("""
            { "over_arch.hidden.0.weight": "hidden", "over_arch.hidden.0.bias": { "zeros": [3] },
              "over_arch.output.weight": { "zeros": [2, 3] }, "over_arch.output.bias": { "zeros": [2] },
              "over_arch.linear.weight": "linear", "over_arch.linear.bias": { "zeros": [2] } }
            """)!.AsObject();
        foreach (var (path, source) in added) map["tensors"]![path] = source!.DeepClone();
        File.WriteAllText(folder["map.json"], map.ToJsonString());
        await Shell.DoAsync("import", "--map", folder["map.json"], "--out", folder["trained"]);
        await Shell.DoAsync(
            "publish", "--data", folder["dataset.json"], "--model", folder["trained"], "--nprobe", "4",
            "--out", folder["models"], "--quiet");
        await Shell.DoAsync(
            "query", "--model", folder["models"], "--requests", folder["requests.jsonl"], "--out", folder["results.jsonl"]);
        var expected = JsonNode.Parse(File.ReadAllText(folder["expected.json"]))!.AsArray();
        foreach (var (line, wanted) in File.ReadAllLines(folder["results.jsonl"]).Zip(expected))
        {
            var answer = JsonNode.Parse(line)!["items"]!.AsArray();
            Assert.Equal(Items, answer.Count);
            foreach (var item in answer)
            {
                double Score(string task) => Logit((double)wanted![task]![(string)item!["id"]!]!);
                double save = (2 * Score("save")) + (0.5 * Score("like"));
                Assert.Equal(1 / (1 + Math.Exp(-save)), (double)item!["tasks"]!["save"]!, 0.01);
            }
        }
    }

    static double Logit(double probability) => Math.Log(probability / (1 - probability));

    public static TheoryData<string, string[]> Slips => new()
    {
        { "forgotten", ["map.json", "item_tower.bias", "F32[300]"] },
        { "misspelled", ["'item.embeding'", "towers.safetensors", "item_tower.id.weight", "Did you mean 'item.embedding'?"] },
        { "left over", ["'optimizer.step'", "towers.safetensors", "F32[1]", "left over"] },
        { "not turned", ["user_tower.heads.weight", "F32[64, 16]", "F32[32, 32]", "'user.like.kernel' of 'towers.safetensors', BF16"] },
        { "unknown path", ["'item_tower.id.wieght'", "Did you mean 'item_tower.id.weight'?"] },
        { "unknown key", ["'valuez'", "Did you mean 'values'?"] },
        { "unknown key of a part", ["transposed"] },
        { "nothing to take", ["'from', 'zeros' and 'identity'"] },
        { "rows outside", ["user_tower.history.save.weight", "user.history.embedding", "no rows 1 to 302 of 301"] },
        { "values of no table", ["'item_tower.features.gender'", "Did you mean 'item_tower.features.genre'?"] },
        { "an id less", ["user.history.embedding", "F32[300, 16]", "F32[299, 16]"] },
        { "idle pattern", ["'scheduler.*'"] },
        { "file missing", ["elsewhere.safetensors"] },
        { "not finite", ["item_tower.bias", "'bias' of 'more.safetensors'", "element 7", "finite"] },
        { "wrong type", ["item_tower.bias", "'counts' of 'more.safetensors'", "I32[300]", "F32, F16 or BF16"] },
        { "in two files", ["'item.bias'", "several files", "\"file\""] },
        { "neighbours", ["over_arch.neighbours.start", "learned from events", "neighbourRoots"] },
        { "other rows", ["user_tower.heads.weight", "'bias'", "another shape"] },
    };

    [Theory]
    [MemberData(nameof(Slips))]
    public async Task A_slip_is_named_with_file_tensor_and_what_is_needed(string slip, string[] named)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(exported.Folder)) File.Copy(file, folder[Path.GetFileName(file)]);
        WriteMore(folder["more.safetensors"]);
        var map = JsonNode.Parse(File.ReadAllText(folder["map.json"]))!.AsObject();
        Make(slip, map, folder);
        File.WriteAllText(folder["map.json"], map.ToJsonString());
        var result = await Shell.RunAsync("import", "--map", folder["map.json"], "--out", folder["trained"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.All(named, fragment => Assert.Contains(fragment, result.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["trained"]), "Nothing is written when something is wrong.");
    }

    [Fact]
    public async Task A_tensor_of_two_files_is_taken_from_the_one_that_is_named()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(exported.Folder)) File.Copy(file, folder[Path.GetFileName(file)]);
        WriteMore(folder["more.safetensors"]);
        var map = JsonNode.Parse(File.ReadAllText(folder["map.json"]))!.AsObject();
        map["files"] = new JsonArray("towers.safetensors", "more.safetensors");
        map["ignore"] = new JsonArray("optimizer.*", "bias", "counts", "item.*");
        map["tensors"]!["item_tower.bias"] = JsonNode.Parse("""{ "from": "item.bias", "file": "more.safetensors" }""");
        File.WriteAllText(folder["map.json"], map.ToJsonString());
        await Shell.DoAsync("import", "--map", folder["map.json"], "--out", folder["trained"]);
        using var weights = SafetensorsFile.Open(folder["trained/weights.safetensors"]);
        using var items = SafetensorsFile.Open(folder["trained/items.safetensors"]);
        var bias = weights.Get<float>("item_tower.bias");
        long[] inOrder = [.. File.ReadAllLines(folder["items.txt"]).Select(long.Parse)];
        long[] ids = items.Get<long>("items.ids").ToArray();
        Assert.Equal(inOrder.Order(), ids);
        // The bias of the item in line i of the file is i.
        for (int row = 0; row < Items; row++) Assert.Equal(Array.IndexOf(inOrder, ids[row]), bias[row]);
    }

    static void Make(string slip, JsonObject map, TemporaryFolder folder)
    {
        var tensors = map["tensors"]!.AsObject();
        switch (slip)
        {
            case "forgotten": tensors.Remove("item_tower.bias"); break;
            case "misspelled": tensors["item_tower.id.weight"] = "item.embeding"; break;
            case "left over": map.Remove("ignore"); break;
            case "not turned": tensors["user_tower.heads.weight"] = new JsonArray("user.save.kernel", "user.like.kernel"); break;
            case "unknown path": tensors["item_tower.id.wieght"] = "item.embedding"; break;
            case "unknown key": map["valuez"] = new JsonObject(); break;
            case "unknown key of a part":
                tensors["item_tower.bias"] = JsonNode.Parse("""{ "from": "item.bias", "transposed": true }""");
                break;
            case "nothing to take": tensors["item_tower.bias"] = JsonNode.Parse("""{ "transpose": true }"""); break;
            case "rows outside": tensors["user_tower.history.save.weight"]!["rows"] = new JsonArray(1, 302); break;
            case "values of no table": map["values"]!["item_tower.features.gender"] = "genres.txt"; break;
            case "an id less": File.WriteAllLines(folder["items.txt"], File.ReadAllLines(folder["items.txt"]).Skip(1)); break;
            case "idle pattern": map["ignore"]!.AsArray().Add("scheduler.*"); break;
            case "neighbours":
                map["model"]!["overArch"] = JsonNode.Parse(
                    """{ "kind": "mlp", "options": { "projection": 16 }, "features": ["neighbours.save"] }""");
                foreach (string name in (string[])["user", "item", "hidden.0", "output", "linear"]) AddLayer(tensors, name);
                break;
            case "file missing": map["files"]!.AsArray().Add("elsewhere.safetensors"); break;
            default: Mix(slip, map, tensors); break;
        }
    }

    static void AddLayer(JsonObject tensors, string name)
    {
        // Sizes of the kind mlp with its defaults: 16 of the user, 16 of the item, 16 products, 32 hidden; 2 heads and tasks.
        var (rows, columns) = name switch
        {
            "user" => (16, 32),
            "item" => (16, 16),
            "hidden.0" => (32, 49),
            "output" => (2, 32),
            _ => (2, 1),
        };
        tensors[$"over_arch.{name}.weight"] = JsonNode.Parse($$"""{ "zeros": [{{rows}}, {{columns}}] }""");
        tensors[$"over_arch.{name}.bias"] = JsonNode.Parse($$"""{ "zeros": [{{rows}}] }""");
    }

    static void Mix(string slip, JsonObject map, JsonObject tensors)
    {
        map["files"]!.AsArray().Add("more.safetensors");
        switch (slip)
        {
            case "not finite": tensors["item_tower.bias"] = "bias"; break;
            case "wrong type": tensors["item_tower.bias"] = "counts"; break;
            case "in two files": tensors["item_tower.bias"] = "item.bias"; break;
            case "other rows":
                tensors["user_tower.heads.weight"] = JsonNode.Parse("""["user.save.kernel", { "from": "bias", "rows": [0, 7] }]""");
                break;
            default: throw new ArgumentException($"There is no slip '{slip}'.");
        }
    }

    static void WriteMore(string path)
    {
        var bias = Tensor.Zeros<Half>(new Shape(Items));
        bias[7] = Half.PositiveInfinity;
        float[] numbers = [.. Enumerable.Range(0, Items).Select(i => (float)i)];
        SafetensorsWriter.Write(path,
        [
            ("bias", AnyTensor.From(bias)),
            ("counts", AnyTensor.From(Tensor.Zeros<int>(new Shape(Items)))),
            ("item.bias", AnyTensor.From(Tensor.From<float>(numbers))),
        ]);
    }
}
