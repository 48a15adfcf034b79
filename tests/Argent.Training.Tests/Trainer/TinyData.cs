using Argent.Data;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Training.Tests;

/// <summary>
/// A data set whose answer is known: every user has one taste, every item one group, and nine of ten events of a user are
/// items of the taste, the more popular the lower their place in the group.
/// </summary>
static class TinyData
{
    public const int Groups = 6;
    public const int Users = 300;

    /// <summary>Items whose row divided by this leaves this minus one have no events: they are new.</summary>
    const int NewItemEvery = 20;

    public static int Taste(int user) => user % Groups;

    public static int Group(int item) => item % Groups;

    public static bool IsNew(int item) => item % NewItemEvery == NewItemEvery - 1;

    public static Dataset Create(int items = 120, bool isText = false, int seed = 11)
    {
        var random = new Random(seed);
        var events = new[] { Events("save", items, 12, random), Events("like", items, 6, random) };
        var ids = Enumerable.Range(0, items).Select(i => (long)(i * 10)).ToArray();
        var group = FeatureColumn.Categorical(
            new("group", FeatureType.Category),
            new Vocabulary(Enumerable.Range(0, Groups).Select(g => "g" + g)),
            [.. Enumerable.Range(0, items + 1)],
            [.. Enumerable.Range(0, items).Select(Group)]);
        var year = FeatureColumn.Ordered(
            new("year", FeatureType.Integer),
            [.. Enumerable.Range(0, items).Select(i => i % 7 == 0 ? OrderedKey.Missing : 1950 + (i % 60))]);
        var country = FeatureColumn.Categorical(
            new("country", FeatureType.Category),
            new Vocabulary(["DE", "FR"]),
            [.. Enumerable.Range(0, Users + 1)],
            [.. Enumerable.Range(0, Users).Select(u => u % 2)]);
        return new Dataset(
            "tiny",
            new Catalogue(
                isText ? ItemIds.FromSorted([.. ids.Select(i => i.ToString("D6"))]) : ItemIds.FromSorted(ids), null, [group, year]),
            [.. Enumerable.Range(0, Users).Select(u => "user" + u)],
            [country],
            events,
            new SplitSpec("save", SplitKind.Random, 0.2, 5, 7, 0),
            "tiny-" + seed);
    }

    public static TrainOptions Options(string folder) => new()
    {
        Out = folder,
        Dim = 16,
        Epochs = 4,
        BatchUsers = 64,
        LearningRate = 0.02f,
        Average = 0.9f,
        ValidationUsers = 100,
        Patience = 100,
    };

    public static TrainResult Train(Dataset dataset, TrainOptions options, int threads = 2)
    {
        using var workers = new Workers(threads);
        return Trainer.Train(dataset, DatasetSplitter.Split(dataset), options, CpuKernels.Create(workers), Progress.None);
    }

    static Interactions Events(string task, int items, int perUser, Random random)
    {
        var start = new int[Users + 1];
        var rows = new List<int>();
        for (int user = 0; user < Users; user++)
        {
            var chosen = new SortedSet<int>();
            while (chosen.Count < perUser)
            {
                double skewed = random.NextDouble() * random.NextDouble();
                int place = (int)(skewed * (items / Groups)), taste = random.Next(10) < 9 ? Taste(user) : random.Next(Groups);
                int item = (place * Groups) + taste;
                if (!IsNew(item)) chosen.Add(item);
            }
            rows.AddRange(chosen);
            start[user + 1] = rows.Count;
        }
        return new Interactions(task, start, [.. rows], null);
    }
}
