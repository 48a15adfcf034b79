using Argent.Data;
using Argent.Tensors;

namespace Argent.Cli.Tests;

public sealed class VectorTests
{
    const int Items = 500;
    const int Dim = 24;
    const int K = 10;

    [Theory]
    [InlineData("ip")]
    [InlineData("cosine")]
    [InlineData("l2")]
    public async Task Plain_vectors_are_published_and_searched_by_distance(string metric)
    {
        using var folder = new TemporaryFolder();
        var (items, queries) = (Vectors(Items, 3), Vectors(7, 4));
        NpyWriter.Write(folder["items.npy"], items);
        NpyWriter.Write(folder["queries.npy"], queries);
        await Shell.DoAsync("publish", "--embeddings", folder["items.npy"], "--metric", metric, "--nlist", "8",
            "--quantization", metric == "l2" ? "global" : "per-item", "--out", folder["models"]);
        await Shell.DoAsync(
            "query", "--model", folder["models"], "--vectors", folder["queries.npy"], "--k", "10", "--nprobe", "8", "--rescore", "100",
            "--out", folder["ids.npy"], "--scores", folder["scores.npy"]);
        var ids = NpyReader.Read<long>(folder["ids.npy"]);
        var scores = NpyReader.Read<float>(folder["scores.npy"]);
        Assert.Equal(new Shape(7, K), ids.Shape);
        int found = 0;
        for (int q = 0; q < 7; q++)
        {
            found += ids.Row(q).ToArray().Intersect(Nearest(items, queries.Row(q).ToArray(), metric)).Count();
            for (int i = 1; i < K; i++) Assert.True(scores.Row(q)[i] <= scores.Row(q)[i - 1]);
        }
        // The cache is bfloat16, so a neighbour at the cut may change places; more would be a wrong metric.
        Assert.True(found >= 7 * K - 3, $"{found} of {7 * K} neighbours were found.");
    }

    [Fact]
    public async Task Ids_and_attributes_come_with_the_vectors_and_filters_hold()
    {
        using var folder = new TemporaryFolder();
        NpyWriter.Write(folder["items.npy"], Vectors(Items, 5));
        NpyWriter.Write(folder["q.npy"], Vectors(3, 6));
        File.WriteAllLines(folder["ids.txt"], Enumerable.Range(0, Items).Select(i => $"{5000 - i}"));
        File.WriteAllLines(folder["attributes.csv"], Enumerable.Range(0, Items).Select(i => $"{5000 - i},{i % 7}").Prepend("id,label"));
        File.WriteAllText(folder["dataset.json"], """{"name":"v","items":{"id":"id","features":{"label":{"type":"integer"}}}}""");
        await Shell.DoAsync(
            "publish", "--embeddings", folder["items.npy"], "--ids", folder["ids.txt"], "--attributes", folder["attributes.csv"],
            "--metric", "l2", "--name", "named", "--out", folder["models"]);
        await Shell.DoAsync(
            "query", "--model", folder["models"], "--vectors", folder["q.npy"], "--k", "100", "--filter", "label = 3",
            "--out", folder["out.npy"]);
        var ids = NpyReader.Read<long>(folder["out.npy"]);
        for (int q = 0; q < 3; q++)
        {
            long[] row = ids.Row(q).ToArray();
            Assert.Equal(Enumerable.Range(0, Items).Count(i => i % 7 == 3), row.Count(id => id >= 0));
            Assert.All(row.Where(id => id >= 0), id => Assert.Equal(3, (5000 - id) % 7));
            Assert.All(row.SkipWhile(id => id >= 0), id => Assert.Equal(-1, id));
        }
        Assert.True(Directory.Exists(folder["models/named"]));
    }

    [Fact]
    public async Task A_name_that_leaves_the_folder_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        NpyWriter.Write(folder["items.npy"], Vectors(Items, 5));
        var result = await Shell.RunAsync("publish", "--embeddings", folder["items.npy"], "--name", "../up", "--out", folder["models"]);
        Assert.Equal(ExitCode.BadInput, result.Code);
        Assert.False(Directory.Exists(folder["models"]) && Directory.EnumerateFileSystemEntries(folder["models"]).Any());
    }

    static Tensor<float> Vectors(int rows, int seed)
    {
        var random = new Random(seed);
        var vectors = Tensor.Zeros<float>(new Shape(rows, Dim));
        foreach (ref float value in vectors.Span) value = (float)(random.NextDouble() * 2 - 1);
        return vectors;
    }

    static IEnumerable<long> Nearest(Tensor<float> items, float[] query, string metric) => Enumerable.Range(0, Items)
        .OrderByDescending(row => Score(items.Row(row).ToArray(), query, metric))
        .Take(K).Select(row => (long)row);

    static double Score(float[] item, float[] query, string metric)
    {
        double dot = 0, length = 0;
        for (int i = 0; i < Dim; i++) (dot, length) = (dot + (double)item[i] * query[i], length + (double)item[i] * item[i]);
        return metric switch
        {
            "cosine" => dot / Math.Sqrt(length),
            "l2" => dot - length / 2,
            _ => dot,
        };
    }
}
