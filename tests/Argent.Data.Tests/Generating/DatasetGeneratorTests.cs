using Argent.Model;

namespace Argent.Data.Tests;

public sealed class DatasetGeneratorTests(ITestOutputHelper output)
{
    static readonly GeneratorOptions _small = new() { Items = 2_000, Users = 1_500, Seed = 11 };

    [Fact]
    public void Equal_seeds_give_equal_bytes_and_others_do_not()
    {
        using TemporaryFolder one = new(), two = new(), three = new();
        DatasetGenerator.WriteFolder(one.Path, _small, Progress.None);
        DatasetGenerator.WriteFolder(two.Path, _small, Progress.None);
        DatasetGenerator.WriteFolder(three.Path, _small with { Seed = 12 }, Progress.None);
        string[] files = [.. Directory.GetFiles(one.Path).Select(f => Path.GetFileName(f)!).Order()];
        Assert.Equal(["dataset.json", "items.csv.gz", "ratings.csv.gz", "saves.csv.gz", "users.csv.gz"], files);
        foreach (string file in files) Assert.Equal(File.ReadAllBytes(one[file]), File.ReadAllBytes(two[file]));
        Assert.NotEqual(File.ReadAllBytes(one["saves.csv.gz"]), File.ReadAllBytes(three["saves.csv.gz"]));
    }

    [Fact]
    public void A_generated_folder_is_read_without_a_bad_row()
    {
        using var folder = new TemporaryFolder();
        DatasetGenerator.WriteFolder(folder.Path, _small, Progress.None);
        var progress = new RecordedProgress();
        var data = DatasetReader.Read(folder.Path, new DatasetOptions { MaxBadRows = 0 }, progress);
        Assert.Empty(progress.Notes);
        Assert.Equal(2_000, data.Items.Count);
        Assert.Equal(1_500, data.UserIds.Count);
        Assert.Equal(["save", "like"], data.Events.Select(e => e.Task));
        Assert.Equal(["language", "genre", "year", "author", "published"], data.Items.Schema.Features.Select(f => f.Name));
        foreach (var column in data.Items.Columns)
        {
            int missing = Enumerable.Range(0, column.Count)
                .Count(r => column.Spec.IsOrdered ? column.Keys[r] == OrderedKey.Missing : column.Ids(r).Length == 0);
            Assert.InRange(missing, 1, column.Count / 2);
        }
        double perUser = (data.Events[0].Count + data.Events[1].Count) / 1_500.0;
        Assert.InRange(perUser, 15, 30);
    }

    [Fact]
    public void Tastes_can_be_learned_beyond_popularity()
    {
        using var folder = new TemporaryFolder();
        DatasetGenerator.WriteFolder(folder.Path, _small with { Users = 4_000 }, Progress.None);
        var data = DatasetReader.Read(folder.Path, DatasetOptions.Default, Progress.None);
        var split = DatasetSplitter.Split(data);
        int items = data.Items.Count;
        var popular = new PopularityRanking(split.Train[0], items);
        var together = Neighbours(split.Train[0], popular.Counts);
        RankingMetrics byPopularity = new(items, 20), byNeighbours = new(items, 20);
        var top = new int[20];
        for (int u = 0; u < data.UserIds.Count; u++)
        {
            popular.Top(split.Train[0].Of(u), top);
            byPopularity.Add(top, split.Test.Of(u));
            var scores = new double[items];
            foreach (int a in split.Train[0].Of(u))
            {
                for (int b = 0; b < items; b++) scores[b] += together[a * items + b];
            }
            foreach (int a in split.Train[0].Of(u)) scores[a] = -1;
            byNeighbours.Add([.. Enumerable.Range(0, items).OrderByDescending(b => scores[b]).Take(20)], split.Test.Of(u));
        }
        output.WriteLine($"Recall@20: popularity {byPopularity.Recall(20):f4}, neighbours {byNeighbours.Recall(20):f4}");
        Assert.True(byNeighbours.Recall(20) > 1.8 * byPopularity.Recall(20));
    }

    /// <summary>Cosine of every two items' users: the simplest model that learns.</summary>
    static float[] Neighbours(Interactions train, int[] counts)
    {
        var together = new float[counts.Length * counts.Length];
        for (int u = 0; u < train.Users; u++)
        {
            foreach (int a in train.Of(u))
            {
                foreach (int b in train.Of(u)) together[a * counts.Length + b]++;
            }
        }
        for (int i = 0; i < together.Length; i++)
        {
            if (together[i] > 0) together[i] /= MathF.Sqrt((float)counts[i / counts.Length] * counts[i % counts.Length]);
        }
        return together;
    }
}
