using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Publishing;

public sealed class TrainedModelTests : IDisposable
{
    const int Dim = 12, TrainedItems = 300, Items = 320;

    readonly Workers _workers = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workers.Dispose();
    }

    IKernels Kernels => CpuKernels.Create(_workers);

    [Fact]
    public void A_trained_model_is_published_with_its_towers_and_answers_histories()
    {
        var trained = Towers();
        var dataset = Dataset();
        var queries = UserQueries.Sample(trained, dataset, 3, Kernels);
        Assert.Equal(new Shape(40, Dim), queries.Shape);
        var source = PublishSource.FromTrained(trained, dataset.Items) with { Queries = queries };
        var result = Publisher.Publish(source, new(), _folder.Path, Kernels, Progress.None);
        Assert.Equal("users", result.Report.Recall.Origin);
        Assert.Equal(Path.Combine(_folder.Path, "towers"), Path.GetDirectoryName(result.Folder));

        using var snapshot = Snapshot.Load(Artifact.Open(result.Folder, verify: true));
        Assert.Equal(["save", "like"], snapshot.Model.Tasks);
        Assert.Equal(TaskActivation.Sigmoid, snapshot.Model.Description.TaskActivation);
        Assert.Equal("config", snapshot.Manifest.Lineage.ConfigHash);
        var history = new Dictionary<string, IReadOnlyList<string>> { ["save"] = ["3", "9", "12"] };
        using var scratch = new Scratch();
        var batch = new RetrievalBatch(1);
        batch.Add(snapshot.Model.Prepare(new RetrievalRequest { User = new UserInput { History = history }, K = Items }));
        snapshot.Model.Forward(batch, new ForwardPass(Kernels, scratch));
        var items = batch.Respond(0, "towers/1", 0).Items;
        // Items past 300 were never trained; they are found all the same.
        Assert.Equal(Items, items.Count);
        Assert.All(items, item => Assert.InRange(item.Tasks[0], 0, 1));
        Assert.Equal(items.OrderByDescending(i => i.Tasks[0]).Select(i => i.Score), items.Select(i => i.Score));
    }

    [Fact]
    public void Users_without_a_history_give_no_queries()
    {
        var dataset = Dataset();
        var empty = dataset with { Events = [.. dataset.Events.Select(e => e with { Start = new int[e.Start.Length], ItemRows = [] })] };
        Assert.False(UserQueries.Sample(Towers(), empty, 3, Kernels).IsPresent);
    }

    static TrainedModel Towers()
    {
        var config = new TowerConfig { Dim = Dim, Tasks = ["save", "like"], Histories = ["save"] };
        var ids = ItemIds.FromSorted([.. Enumerable.Range(0, TrainedItems).Select(i => (long)i)]);
        var description = new TrainedDescription { Name = "towers", Towers = config, ConfigHash = "config", Seed = 5 };
        var model = new TrainedModel(description, UserTower.Zeros(config, ids, []), ItemTower.Zeros(config, ids, []));
        var random = new SeededRandom(17);
        foreach (var (_, tensor) in model.WeightTensors)
        {
            if (tensor.Type != ElementType.F32) continue;
            foreach (ref float value in tensor.As<float>().Span) value = (float)random.Normal() / 3;
        }
        return model;
    }

    static Dataset Dataset()
    {
        const int Users = 20;
        var ids = ItemIds.FromSorted([.. Enumerable.Range(0, Items).Select(i => (long)i)]);
        int[] start = [.. Enumerable.Range(0, Users + 1).Select(u => u * 3)];
        int[] rows = [.. Enumerable.Range(0, Users * 3).Select(i => i * 37 % TrainedItems)];
        string[] users = [.. Enumerable.Range(0, Users).Select(u => "u" + u)];
        return new Dataset("towers", new Catalogue(ids, null, []), users, [], [new Interactions("save", start, rows, null)], null, "data");
    }
}
