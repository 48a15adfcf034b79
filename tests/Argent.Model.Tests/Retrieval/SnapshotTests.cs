using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class SnapshotTests : IDisposable
{
    readonly TemporaryFolder _models = new();
    readonly Workers _workers = new(1);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
        _models.Dispose();
    }

    static SampleOptions Trained =>
        new() { Dim = SampleTowers.Dim, Tasks = ["save", "like"], Value = "save", Trained = SampleTowers.Create() };

    IKernels Kernels => CpuKernels.Create(_workers);

    RetrievalResponse Ask(RetrievalModel model, RetrievalRequest request)
    {
        _scratch.Reset();
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request));
        model.Forward(batch, new ForwardPass(Kernels, _scratch));
        return batch.Respond(0, "", 0);
    }

    static IEnumerable<(string Id, string? Title, float Score, string Tasks)> Items(RetrievalResponse response) =>
        response.Items.Select(i => (i.Id, i.Title, i.Score, string.Join(' ', i.Tasks)));

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_loaded_artifact_answers_like_the_model_that_was_written(bool textIds, bool features)
    {
        var sample = new SampleModel(new SampleOptions { HasTextIds = textIds, HasFeatures = features, Metric = Metric.L2 }, Kernels);
        using var snapshot = Snapshot.Load(Artifact.Open(sample.Write(_models.Path), verify: true));
        Assert.Equal("sample/" + snapshot.Manifest.Version, snapshot.Id);
        Assert.Equal(0, snapshot.Watermark);
        Assert.Equal(sample.Model.Schema.Features, snapshot.Model.Schema.Features);
        var random = new Random(9);
        string?[] filters = features ? [null, "color = 'white' OR tag HAS ANY ('t1', 't9')", "NOT EXISTS(year)"] : [null];
        foreach (string? filter in filters)
        {
            var request = new RetrievalRequest { User = sample.User(random), K = 40, Filter = filter };
            Assert.Equal(Items(Ask(sample.Model, request)), Items(Ask(snapshot.Model, request)));
        }
    }

    [Fact]
    public void A_trained_model_encodes_users_and_answers_the_same_after_loading()
    {
        var trained = SampleTowers.Create();
        var options = Trained with { Value = "save + like", Activation = TaskActivation.Sigmoid, Trained = trained };
        var sample = new SampleModel(options, Kernels);
        using var snapshot = Snapshot.Load(Artifact.Open(sample.Write(_models.Path), verify: true));
        Assert.True(snapshot.Model.HasUserTower);
        foreach (var user in new[] { SampleTowers.Ann, new UserInput() })
        {
            var builder = new UserBatchBuilder(trained.Config);
            trained.UserTower.Encoder.Encode(user, builder);
            var queries = trained.UserTower.Forward(builder.Build(), new ForwardPass(Kernels, _scratch));
            var vectors = new UserInput { Vectors = [queries.Row(0).ToArray(), queries.Row(1).ToArray()] };
            var expected = Items(Ask(sample.Model, new RetrievalRequest { User = vectors, K = 30 })).ToList();
            Assert.Equal(expected, Items(Ask(sample.Model, new RetrievalRequest { User = user, K = 30 })));
            Assert.Equal(expected, Items(Ask(snapshot.Model, new RetrievalRequest { User = user, K = 30 })));
        }
    }

    [Fact]
    public void Users_and_vectors_mix_in_one_batch_without_allocation()
    {
        var sample = new SampleModel(Trained, Kernels);
        var batch = new RetrievalBatch(8);
        var random = new Random(2);
        for (int i = 0; i < 8; i++)
        {
            var user = i % 3 == 0 ? sample.User(random) : i % 3 == 1 ? SampleTowers.Ann : new UserInput();
            batch.Add(sample.Model.Prepare(new RetrievalRequest { User = user, K = 10 + i, Filter = i % 2 == 0 ? "tag = 't3'" : null }));
        }
        var kernels = Kernels;
        Assert.SkipWhen(kernels.Variant == "reference", "The reference is simple, not frugal.");
        long least = long.MaxValue;
        for (int i = 0; i < 60; i++)
        {
            _scratch.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            sample.Model.Forward(batch, new ForwardPass(kernels, _scratch));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        int[][] rows = [.. Enumerable.Range(0, 8).Select(i => batch.Rows(i).ToArray())];
        for (int i = 1; i < 8; i += 3)
        {
            var request = new RetrievalRequest { User = SampleTowers.Ann, K = 10 + i, Filter = i % 2 == 0 ? "tag = 't3'" : null };
            Assert.Equal(rows[i], Ask(sample.Model, request).Items.Select(x => x.Row));
        }
    }

    [Fact]
    public void A_user_that_does_not_fit_the_towers_is_refused()
    {
        var model = new SampleModel(Trained, Kernels).Model;
        RequestException With(UserInput user) => Assert.Throws<RequestException>(() => model.Prepare(new RetrievalRequest { User = user }));
        Dictionary<string, IReadOnlyList<string>> History(string task, params string[] ids) => new() { [task] = ids };
        Assert.Contains("'save'", With(new UserInput { History = History("saved", "1") }).Message);
        Assert.Contains("null", With(new UserInput { History = History("save", "1", null!) }).Message);
        Assert.Contains("null", With(new UserInput { History = History("save", null!) }).Message);
        Assert.Equal(RequestErrorKind.TooLarge, With(new UserInput { History = History("save", new string[20_000]) }).Kind);
        Assert.Equal(RequestErrorKind.TooLarge, With(new UserInput { Id = new string('x', 5000) }).Kind);
        Assert.Contains("'old'", With(new UserInput { Features = new Dictionary<string, string> { ["age"] = "old" } }).Message);
        Assert.Contains("null", With(new UserInput { Features = new Dictionary<string, string> { ["age"] = null! } }).Message);
        model.Prepare(new RetrievalRequest());
    }

    [Fact]
    public void The_maps_are_freed_by_the_last_lease_after_disposal()
    {
        var sample = new SampleModel(new SampleOptions(), Kernels);
        var artifact = Artifact.Open(sample.Write(_models.Path));
        var storage = artifact.Get<int>("index.rows").Storage;
        var snapshot = Snapshot.Load(artifact);
        bool IsMapped() { unsafe { return storage.Pointer != null; } }

        Assert.True(snapshot.TryLease());
        Assert.True(snapshot.TryLease());
        Assert.Equal(2, snapshot.Leases);
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.False(snapshot.TryLease());
        snapshot.Release();
        Assert.True(IsMapped());
        Assert.NotEmpty(Ask(snapshot.Model, new RetrievalRequest { User = sample.User(new Random(1)) }).Items);
        snapshot.Release();
        Assert.False(IsMapped());
        Assert.Throws<InvalidOperationException>(snapshot.Release);
        Assert.Equal(0, snapshot.Leases);
    }

    [Fact]
    public void Leases_from_many_threads_free_the_maps_exactly_once()
    {
        var sample = new SampleModel(new SampleOptions { Items = 65 }, Kernels);
        string folder = sample.Write(_models.Path);
        for (int round = 0; round < 20; round++)
        {
            var snapshot = Snapshot.Load(Artifact.Open(folder));
            using var start = new Barrier(4);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
            {
                for (int i = 0; i < 200; i++)
                {
                    if (thread == 3 && i == 100) snapshot.Dispose();
                    if (!snapshot.TryLease()) continue;
                    Assert.Equal(65, snapshot.Model.Items.Count);
                    _ = snapshot.Model.Items.Number(64);
                    snapshot.Release();
                }
            });
            Assert.Equal(0, snapshot.Leases);
            Assert.False(snapshot.TryLease());
        }
    }
}
