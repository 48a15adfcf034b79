using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class SequenceEncoderTests : IDisposable
{
    const int Dim = 8;

    readonly string _folder = Directory.CreateTempSubdirectory("argent-sequence-").FullName;

    static TowerConfig Config { get; } = new()
    {
        Dim = Dim,
        Tasks = ["watch", "like"],
        Histories = ["like", "watch"],
        Sequence = new() { History = "watch", Length = 4, Blocks = 2, Hidden = 12 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_order_of_the_last_events_counts_and_what_was_before_them_only_for_the_pooled_history()
    {
        using var model = Create();
        float[] forward = Vectors(model, User("1", "2", "3", "4")), backward = Vectors(model, User("4", "3", "2", "1"));
        Assert.NotEqual(forward, backward);

        // With nothing but the sequence, a fifth event before the last four changes nothing.
        ForgetPooled(model);
        Assert.Equal(Vectors(model, User("1", "2", "3", "4")), Vectors(model, User("5", "1", "2", "3", "4")));
        Assert.NotEqual(Vectors(model, User("1", "2", "3", "4")), Vectors(model, User("2", "1", "3", "4")));
        Assert.Equal(Vectors(model, User("1", "unknown", "2")), Vectors(model, User("1", "2")));
    }

    [Fact]
    public void A_user_has_the_same_bits_alone_and_beside_others_frozen_or_not_with_any_number_of_threads()
    {
        using var model = Create();
        UserInput[] users = [User("3"), User(), User("1", "2", "3", "4", "5"), User("5", "5")];
        float[] together = Vectors(model, users);
        for (int u = 0; u < users.Length; u++) Assert.Equal(together[(u * 2 * Dim)..((u + 1) * 2 * Dim)], Vectors(model, users[u]));
        model.UserTower.Frozen();
        Assert.Equal(together, Vectors(model, users));
        Assert.All(together, x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void A_forward_allocates_nothing_once_it_is_warm()
    {
        using var model = Create();
        using var workers = new Workers(2);
        using var scratch = new Scratch();
        var kernels = CpuKernels.Create(workers);
        var batch = Batch(model, [User("3"), User("1", "2", "3", "4", "5")]);
        long least = long.MaxValue;
        for (int pass = 0; pass < 10; pass++)
        {
            scratch.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.UserTower.Forward(batch, new ForwardPass(kernels, scratch));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void A_saved_tower_is_the_same_after_loading_and_a_missing_tensor_is_named()
    {
        using var model = Create();
        float[] expected = Vectors(model, User("1", "2"));
        model.Save(_folder);
        using (var loaded = TrainedModel.Load(_folder)) Assert.Equal(expected, Vectors(loaded, User("1", "2")));

        string path = Path.Combine(_folder, TrainedModel.ModelFile);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"blocks\": 2", "\"blocks\": 3", StringComparison.Ordinal));
        var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(_folder));
        Assert.Contains("user_tower.sequence.blocks.2.norm.gain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_configuration_is_refused_by_the_key()
    {
        var sequence = Config.Sequence!;
        (SequenceConfig Sequence, string Says)[] wrong =
        [
            (sequence with { History = "wacth" }, "Did you mean 'watch'?"),
            (sequence with { Length = 0 }, "length is 0"),
            (sequence with { Blocks = 17 }, "blocks is 17"),
            (sequence with { Heads = 3 }, "3 heads do not divide the 8"),
            (sequence with { Hidden = -1 }, "hidden is -1"),
        ];
        foreach (var (config, says) in wrong)
        {
            var error = Assert.Throws<InvalidDataException>(() => (Config with { Sequence = config }).Check());
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    static TrainedModel Create()
    {
        var items = ItemIds.FromSorted([1L, 2, 3, 4, 5]);
        var model = new TrainedModel(
            new TrainedDescription { Name = "sequences", Towers = Config },
            UserTower.Zeros(Config, items, []),
            ItemTower.Zeros(Config, items, []));
        var random = new Random(17);
        foreach (var (_, tensor) in model.WeightTensors)
        {
            if (tensor.Type != ElementType.F32) continue;
            foreach (ref float x in tensor.As<float>().Span) x = random.NextSingle() - 0.5f;
        }
        return model;
    }

    /// <summary>Leaves only the last D inputs of the heads, which are the sequence's.</summary>
    static void ForgetPooled(TrainedModel model)
    {
        var heads = model.WeightTensors.First(t => t.Name == "user_tower.heads.weight").Tensor.As<float>();
        for (int row = 0; row < heads.Shape[0]; row++) heads.Row(row)[..(2 * Dim)].Clear();
    }

    static UserInput User(params string[] history) => new()
    {
        History = new Dictionary<string, IReadOnlyList<string>> { ["watch"] = history },
    };

    static UserBatch Batch(TrainedModel model, UserInput[] users)
    {
        var builder = new UserBatchBuilder(Config);
        foreach (var user in users) model.UserTower.Encoder.Encode(user, builder);
        return builder.Build();
    }

    /// <summary>Queries, after checking that one and two threads give the same bits.</summary>
    static float[] Vectors(TrainedModel model, params UserInput[] users)
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2 })
        {
            using var workers = new Workers(threads);
            using var scratch = new Scratch();
            float[] queries = model.UserTower.Forward(Batch(model, users), new ForwardPass(CpuKernels.Create(workers), scratch)).ToArray();
            Assert.Equal(first ?? queries, queries);
            first = queries;
        }
        return first!;
    }
}
