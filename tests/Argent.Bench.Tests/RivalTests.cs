using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Kernels;

namespace Argent.Bench.Tests;

public sealed class RivalTests
{
    const string Echo = """
        import json, sys
        for line in sys.stdin:
            request = json.loads(line)
            if request["do"] == "hello":
                answer = {"ok": True, "engines": {"toy": {"version": "1", "rebuilt": False}}}
            elif request["do"] == "fail":
                answer = {"ok": False, "error": "as asked"}
            elif request["do"] == "die":
                print("last words", file=sys.stderr, flush=True)
                sys.exit(3)
            elif request["do"] == "babble":
                print("no JSON", flush=True)
                continue
            else:
                answer = {"ok": True, "echo": request["do"]}
            print(json.dumps(answer), flush=True)
        """;

    [Fact]
    public void A_rival_answers_refuses_and_says_its_last_words()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["rivals.py"], Echo);
        using var rivals = Start(folder.Path);
        Assert.True(rivals.Has("toy"));
        Assert.False(rivals.IsRebuilt("toy"));
        Assert.False(rivals.Has("other"));
        Assert.Equal("work", (string)rivals.Ask(new JsonObject { ["do"] = "work" })["echo"]!);
        Assert.Equal("as asked", Assert.Throws<RivalException>(() => rivals.Ask(new JsonObject { ["do"] = "fail" })).Message);
        var babble = Assert.Throws<RivalException>(() => rivals.Ask(new JsonObject { ["do"] = "babble" }));
        Assert.Contains("no JSON", babble.Message, StringComparison.Ordinal);
        var died = Assert.Throws<RivalException>(() => rivals.Ask(new JsonObject { ["do"] = "die" }));
        Assert.Contains("last words", died.Message, StringComparison.Ordinal);
        Assert.Throws<RivalException>(() => rivals.Ask(new JsonObject { ["do"] = "work" }));
    }

    [Fact]
    public void A_folder_without_scripts_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<RivalException>(() => RivalProcess.Start(folder.Path));
        Assert.Contains(folder["rivals.py"], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("faiss-ivfflat")]
    [InlineData("faiss-ivfsq8")]
    [InlineData("faiss-hnsw")]
    [InlineData("hnswlib")]
    public void Rivals_that_are_installed_find_the_exact_neighbours_when_they_try_hard(string engine)
    {
        string? scripts = RivalProcess.FindFolder();
        Assert.SkipWhen(scripts is null, "bench/rivals is not above the tests.");
        using var rivals = Start(scripts);
        Assert.SkipUnless(rivals.Has(engine), $"{engine} is not installed.");
        using var folder = new TemporaryFolder();
        using var workers = new Workers(1);
        var run = new BenchmarkRun(new BenchmarkOptions { CacheFolder = folder.Path }, Progress.None);
        var vectors = VectorSet.Generated(new Mixture { Items = 600, Queries = 9, Dim = 32 }, run, workers);
        RivalSearch.Load(rivals, vectors);
        // Twice: built, then read from the cache.
        for (int i = 0; i < 2; i++)
        {
            bool isGraph = !engine.Contains("ivf", StringComparison.Ordinal);
            var rival = isGraph
                ? RivalSearch.Graph(rivals, engine, vectors, Progress.None)
                : RivalSearch.Lists(rivals, engine, vectors, 8, Progress.None);
            var setting = new SearchSetting(10, 4, isGraph ? 500 : 8, 9);
            double recall = SearchValues.Recall(rival.Find(setting), vectors.Truth(10, 9, CpuKernels.Create(workers), Progress.None));
            Assert.True(recall > 0.93, $"{engine} found {recall:0.000} of the neighbours.");
            Assert.True(rival.At(setting).Run().WallSeconds > 0);
        }
    }

    static RivalProcess Start(string folder)
    {
        try
        {
            return RivalProcess.Start(folder);
        }
        catch (RivalException e)
        {
            Assert.Skip($"Python with NumPy is not there: {e.Message}");
            throw;
        }
    }
}
