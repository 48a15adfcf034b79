using Argent.Kernels;
using Argent.Tensors;
using static Argent.Model.Tests.SampleTowers;

namespace Argent.Model.Tests;

public sealed class TowerTests
{
    [Fact]
    public void User_vectors_equal_a_plain_float64_calculation_on_every_variant()
    {
        using var model = Create();
        var expected = ExpectedUser(model);
        foreach (var queries in Vectors(model))
        {
            Assert.Equal(new Shape(4, Dim), queries.Shape);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], queries[i], 1e-5);
        }
    }

    [Fact]
    public void A_user_without_anything_gets_the_vectors_of_the_biases()
    {
        using var model = Create();
        var expected = UserOf(model, [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
        foreach (var queries in Vectors(model))
        {
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], queries[2 * Dim + i], 1e-5);
        }
    }

    [Fact]
    public void Item_vectors_equal_a_plain_float64_calculation_on_every_variant()
    {
        using var model = Create();
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            using var scratch = new Scratch();
            var batch = model.ItemTower.Encode(Catalogue(), 0, 3, scratch);
            var (embeddings, bias) = model.ItemTower.Forward(batch, new ForwardPass(kernels, scratch));

            // Item 20 is trained row 1, item 40 is row 3; item 35 is new and has no known feature value.
            double[] none = new double[Dim];
            double[] genres = Pool(2, Row(model, "item_tower.features.genre.weight", 0), Row(model, "item_tower.features.genre.weight", 1));
            double[] first = ItemOf(model, Row(model, "item_tower.id.weight", 1), genres, Row(model, "item_tower.features.year.weight", 0));
            double[] second = ItemOf(model, none, none, none);
            double[] third = ItemOf(model, Row(model, "item_tower.id.weight", 3), none, Row(model, "item_tower.features.year.weight", 1));
            double[] expected = [.. first, .. second, .. third];
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], embeddings[i], 1e-5);
            Assert.Equal((float)Row(model, "item_tower.bias", 1)[0], bias[0]);
            Assert.Equal(0f, bias[1]);
            Assert.Equal((float)Row(model, "item_tower.bias", 3)[0], bias[2]);
        }
    }

    [Fact]
    public void Items_of_a_catalogue_without_the_features_have_missing_values()
    {
        using var model = Create();
        using var scratch = new Scratch();
        var bare = new Catalogue(ItemIds.FromSorted(["20", "30"]), null, []);

        var batch = model.ItemTower.Encode(bare, 1, 1, scratch);

        Assert.Equal([2], batch.Rows.ToArray());
        Assert.All(batch.Features, bags => Assert.Equal([0, 0], bags.Start.ToArray()));
    }

    [Fact]
    public void A_feature_of_another_type_than_in_training_is_an_error()
    {
        using var model = Create();
        using var scratch = new Scratch();
        var year = FeatureColumn.Ordered(new("year", FeatureType.Number), [0]);
        var catalogue = new Catalogue(ItemIds.FromSorted([20L]), null, [year]);

        var error = Assert.Throws<ArgumentException>(() => model.ItemTower.Encode(catalogue, 0, 1, scratch));

        Assert.Contains("'year' is Number in the catalogue, but was Integer in training", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frozen_tower_gives_the_bits_of_the_tower()
    {
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            foreach (int count in new[] { 1, 2, 40 })
            {
                using var model = Create();
                var users = new UserBatchBuilder(Config);
                for (int i = 0; i < count; i++) model.UserTower.Encoder.Encode(i % 3 == 1 ? new UserInput() : Ann, users);
                using var scratch = new Scratch();
                float[] before = model.UserTower.Forward(users.Build(), new ForwardPass(kernels, scratch)).ToArray();
                float[] after = model.UserTower.Frozen().Forward(users.Build(), new ForwardPass(kernels, scratch)).ToArray();
                Assert.Contains(before, x => x != 0);
                Assert.True(before.AsSpan().SequenceEqual(after), $"{kernels.Variant}, {count} users");
            }
        }
    }

    [Fact]
    public void A_batch_of_no_users_has_no_vectors()
    {
        using var model = Create();
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        foreach (var kernels in CpuKernels.All(workers))
        {
            var queries = model.UserTower.Forward(new UserBatchBuilder(Config).Build(), new ForwardPass(kernels, scratch));

            Assert.Equal(0, queries.Shape[0]);
        }
    }

    /// <summary>Vectors of two users on every variant: one with all kinds of input, one with none.</summary>
    static List<Tensor<float>> Vectors(TrainedModel model)
    {
        using var workers = new Workers(2);
        var users = new UserBatchBuilder(Config);
        model.UserTower.Encoder.Encode(Ann, users);
        model.UserTower.Encoder.Encode(new UserInput(), users);
        var all = new List<Tensor<float>>();
        foreach (var kernels in CpuKernels.All(workers))
        {
            all.Add(model.UserTower.Forward(users.Build(), new ForwardPass(kernels, new Scratch())));
        }
        return all;
    }

    static double[] ExpectedUser(TrainedModel model) => UserOf(
        model,
        Pool(
            Math.Sqrt(4), Row(model, "user_tower.history.save.weight", 3), Row(model, "user_tower.history.save.weight", 0),
            Row(model, "user_tower.history.save.weight", 3)),
        Pool(Math.Sqrt(2), Row(model, "user_tower.history.like.weight", 1)),
        Row(model, "user_tower.id.weight", UserEncoder.Bucket("ann", 7)),
        Row(model, "user_tower.features.country.weight", 2),
        Row(model, "user_tower.features.age.weight", 1));

    static double[] UserOf(TrainedModel model, params double[][] inputs)
    {
        double[] x = [.. inputs.SelectMany(i => i)];
        var hidden = Dense(model, "user_tower.hidden.1", Dense(model, "user_tower.hidden.0", x, true), true);
        return Add(Dense(model, "user_tower.heads", x, false), Output(model, "user_tower.hidden.output", hidden));
    }

    static double[] ItemOf(TrainedModel model, params double[][] parts)
    {
        var linear = Add(parts);
        return Add(linear, Output(model, "item_tower.hidden.output", Dense(model, "item_tower.hidden.0", linear, true)));
    }
}
