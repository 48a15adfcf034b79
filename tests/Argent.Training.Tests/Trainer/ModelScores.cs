using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

/// <summary>Exact scores of a trained model, from its folder, for the test of what it learned.</summary>
static class ModelScores
{
    /// <summary>Items of each asked user, best first, those of the history left out.</summary>
    public static List<(int User, int[] Ranked)> Rank(string folder, Dataset dataset, DatasetSplit split, string task)
    {
        using var model = TrainedModel.Load(folder);
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var kernels = CpuKernels.Create(workers);
        var items = model.ItemTower.Encode(dataset.Items, 0, dataset.Items.Count, scratch);
        var (embeddings, bias) = model.ItemTower.Forward(items, new ForwardPass(kernels, scratch));
        int[] users = [.. Enumerable.Range(0, split.Test.Users).Where(u => !split.Test.Of(u).IsEmpty)];
        var batch = new UserBatchBuilder(model.Config);
        foreach (int user in users) model.UserTower.Encoder.Encode(Input(dataset, split, user), batch);
        var queries = model.UserTower.Forward(batch.Build(), new ForwardPass(kernels, scratch));
        var scores = scratch.Rent<float>(new Shape(queries.Shape[0], dataset.Items.Count));
        kernels.Dense(new DenseArgs { Input = queries, Weight = embeddings, Bias = bias, Output = scores });
        int heads = model.Config.Tasks.Count, head = model.Config.Tasks.ToList().IndexOf(task);
        return [.. users.Select((user, i) => (user, Sorted(scores.Row((i * heads) + head).ToArray(), split, user)))];
    }

    public static double Recall(IEnumerable<(int User, int[] Ranked)> lists, Dataset dataset, DatasetSplit split, int k)
    {
        var metrics = new RankingMetrics(dataset.Items.Count, k);
        foreach (var (user, ranked) in lists) metrics.Add(ranked, split.Test.Of(user));
        return metrics.Recall(k);
    }

    /// <summary>Items by number of training events, for every asked user.</summary>
    public static List<(int User, int[] Ranked)> Popular(Dataset dataset, DatasetSplit split)
    {
        var counts = new float[dataset.Items.Count];
        foreach (int item in split.Train.First(t => t.Task == split.Test.Task).ItemRows) counts[item]++;
        return [.. Enumerable.Range(0, split.Test.Users)
            .Where(u => !split.Test.Of(u).IsEmpty)
            .Select(user => (user, Sorted([.. counts], split, user)))];
    }

    static UserInput Input(Dataset dataset, DatasetSplit split, int user) => new()
    {
        Id = dataset.UserIds[user],
        History = split.Train.ToDictionary(
            t => t.Task, t => (IReadOnlyList<string>)[.. t.Of(user).ToArray().Select(dataset.Items.Ids.Text)]),
    };

    static int[] Sorted(float[] scores, DatasetSplit split, int user)
    {
        var seen = split.Train.SelectMany(t => t.Of(user).ToArray()).ToHashSet();
        return [.. Enumerable.Range(0, scores.Length).Where(i => !seen.Contains(i)).OrderByDescending(i => scores[i]).ThenBy(i => i)];
    }
}
