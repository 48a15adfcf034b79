using Argent.Data;

namespace Argent.Cli.Tests;

public sealed class QualityTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_held_out_task_has_rows_with_intervals_and_what_was_learned_has_none()
    {
        DatasetGenerator.WriteFolder(_folder["data"], new GeneratorOptions { Items = 300, Users = 400 }, Progress.None);
        string path = _folder["data/dataset.json"], plain = File.ReadAllText(path);
        const string Split = "\"split\": { \"task\": \"save\",";
        Assert.Contains(Split, plain, StringComparison.Ordinal);
        File.WriteAllText(path, plain.Replace(Split, Split + " \"also\": [\"like\"],", StringComparison.Ordinal));
        await Train("both");
        var both = (await Shell.DoAsync(Quality("both", "--format", "json"))).Json;
        var tasks = both["tasks"]!.AsObject();
        Assert.Equal(["save", "like"], tasks.Select(t => t.Key));
        foreach (var (_, task) in tasks)
        {
            Assert.True((int)task!["users"]! > 100);
            Assert.True((int)task["events"]! >= (int)task["users"]!);
            Assert.Equal(["retrieval", "with OverArch 'mlp'"], task["rows"]!.AsArray().Select(row => (string)row!["name"]!));
            foreach (var row in task["rows"]!.AsArray())
            {
                Assert.InRange((double)row!["recall"]!["20"]!, 0.01, (double)row["recall"]!["100"]!);
                Assert.InRange((double)row["recallMargin"]!["20"]!, 0.0001, 0.1);
            }
        }
        Assert.Equal(tasks["save"]!["rows"]![1]!["recall"]!.ToJsonString(), both["rows"]![1]!["recall"]!.ToJsonString());
        Assert.True((double)both["rows"]![0]!["requestsPerSecond"]! > 0);
        Assert.Empty(both["notHeldOut"]!.AsArray());
        string text = (await Shell.DoAsync(Quality("both"))).Output;
        Assert.Contains("| like | with OverArch 'mlp' | 0.", text, StringComparison.Ordinal);

        File.WriteAllText(path, plain);
        var refused = await Shell.RunAsync(Quality("both"));
        Assert.Equal(ExitCode.BadInput, refused.Code);
        Assert.Contains("may have learned the events", refused.Error, StringComparison.Ordinal);
        await Train("one");
        var one = (await Shell.DoAsync(Quality("one", "--format", "json"))).Json;
        Assert.Equal("save", Assert.Single(one["tasks"]!.AsObject()).Key);
        Assert.Equal("like", (string?)Assert.Single(one["notHeldOut"]!.AsArray()));
    }

    Task<ShellResult> Train(string name) => Shell.DoAsync(
        "train", "--data", _folder["data"], "--out", _folder[name], "--epochs", "2", "--dim", "16", "--over-arch", "mlp", "--quiet");

    string[] Quality(string name, params string[] more) =>
        ["bench", "quality", "--data", _folder["data"], "--model", _folder[name], "--rounds", "1", "--quiet", .. more];
}
