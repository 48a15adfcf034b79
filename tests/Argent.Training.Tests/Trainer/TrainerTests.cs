using System.Security.Cryptography;
using Argent.Data;
using Argent.Model;

namespace Argent.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("argent-trainer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Negatives.All, OptimizerKind.Adam)]
    [InlineData(Negatives.Sampled, OptimizerKind.Adam)]
    [InlineData(Negatives.Sampled, OptimizerKind.Adagrad)]
    public void A_trained_model_ranks_much_better_than_popularity(Negatives negatives, OptimizerKind optimizer)
    {
        var dataset = TinyData.Create();
        var split = DatasetSplitter.Split(dataset);
        var options = TinyData.Options(_folder) with
        {
            Negatives = negatives,
            Optimizer = optimizer,
            LearningRate = optimizer == OptimizerKind.Adagrad ? 0.1f : 0.02f,
            UniformNegatives = 20,
            Epochs = 8,
        };

        var result = TinyData.Train(dataset, options);

        double trained = ModelScores.Recall(ModelScores.Rank(_folder, dataset, split, "save"), dataset, split, 10);
        double popular = ModelScores.Recall(ModelScores.Popular(dataset, split), dataset, split, 10);
        Assert.True(trained > 2 * popular, $"Recall@10 is {trained:0.000}, of popularity {popular:0.000}.");
        Assert.True(result.Epochs[^1].Loss < result.Epochs[0].Loss);
    }

    [Fact]
    public void A_new_item_is_found_by_its_features()
    {
        var dataset = TinyData.Create();
        var split = DatasetSplitter.Split(dataset);
        TinyData.Train(dataset, TinyData.Options(_folder) with { Epochs = 8 });

        double places = 0;
        int count = 0;
        foreach (var (user, ranked) in ModelScores.Rank(_folder, dataset, split, "save"))
        {
            int place = Array.FindIndex(ranked, item => TinyData.IsNew(item) && TinyData.Group(item) == TinyData.Taste(user));
            places += (place + 1.0) / ranked.Length;
            count++;
        }

        // Two new items have the user's group at most, so chance puts the first of them at a third or half of the list.
        Assert.True(places / count < 0.2, $"The first new item of the user's taste is at {places / count:0.00} of the list.");
    }

    [Theory]
    [InlineData(Negatives.All, OptimizerKind.Adam)]
    [InlineData(Negatives.Sampled, OptimizerKind.Adagrad)]
    public void Weights_are_equal_for_any_number_of_threads(Negatives negatives, OptimizerKind optimizer)
    {
        var dataset = TinyData.Create();
        var options = TinyData.Options(_folder) with
        {
            Negatives = negatives,
            Optimizer = optimizer,
            Epochs = 2,
            UserIdBuckets = 50,
            UserHidden = [8],
            ItemHidden = [8],
        };
        var hashes = new List<string>();
        foreach (int threads in new[] { 1, 2, 3 })
        {
            TinyData.Train(dataset, options, threads);
            hashes.Add(Hash());
        }

        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(hashes[0], hashes[2]);
    }

    [Theory]
    [InlineData(Negatives.All, OptimizerKind.Adam)]
    [InlineData(Negatives.Sampled, OptimizerKind.Adagrad)]
    public void A_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(Negatives negatives, OptimizerKind optimizer)
    {
        var dataset = TinyData.Create();
        var options = TinyData.Options(_folder) with { Negatives = negatives, Optimizer = optimizer };
        var whole = TinyData.Train(dataset, options);
        string expected = Hash();
        Directory.Delete(_folder, recursive: true);

        TinyData.Train(dataset, options with { Epochs = 2 });
        Assert.NotEqual(expected, Hash());
        var resumed = TinyData.Train(dataset, options with { Resume = true });

        Assert.Equal(expected, Hash());
        Assert.Equal(whole.Epochs.Select(e => e with { Seconds = 0 }), resumed.Epochs.Select(e => e with { Seconds = 0 }));
    }

    [Fact]
    public void Resuming_without_a_checkpoint_starts_at_the_first_epoch()
    {
        var result = TinyData.Train(TinyData.Create(), TinyData.Options(_folder) with { Epochs = 1, Resume = true });

        Assert.Single(result.Epochs);
    }

    [Fact]
    public void A_checkpoint_of_other_options_or_data_is_an_error()
    {
        var dataset = TinyData.Create();
        var options = TinyData.Options(_folder) with { Epochs = 1 };
        TinyData.Train(dataset, options);

        var other = Assert.Throws<InvalidDataException>(
            () => TinyData.Train(dataset, options with { LearningRate = 1, Resume = true }));
        var data = Assert.Throws<InvalidDataException>(
            () => TinyData.Train(dataset with { ContentHash = "new" }, options with { Resume = true }));

        Assert.Contains("was written with other options; train without resuming", other.Message, StringComparison.Ordinal);
        Assert.Contains("was written for other data", data.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_stops_when_validation_gets_no_better_and_keeps_the_best_epoch()
    {
        var result = TinyData.Train(TinyData.Create(), TinyData.Options(_folder) with { Epochs = 200, Patience = 2 });

        Assert.True(result.StoppedEarly);
        Assert.Equal(result.BestEpoch + 2, result.Epochs.Count);
        double best = result.Epochs.Max(e => e.Recall20!.Value + e.Recall100!.Value);
        var kept = result.Epochs[result.BestEpoch - 1];
        Assert.Equal(best, kept.Recall20!.Value + kept.Recall100!.Value);
    }

    [Fact]
    public void Without_validation_all_epochs_run_and_the_last_is_kept()
    {
        var result = TinyData.Train(TinyData.Create(), TinyData.Options(_folder) with { ValidationUsers = 0, Epochs = 3, Patience = 1 });

        Assert.Equal(3, result.BestEpoch);
        Assert.All(result.Epochs, epoch => Assert.Null(epoch.Recall20));
    }

    [Fact]
    public void Every_kind_of_input_trains_with_text_ids()
    {
        var dataset = TinyData.Create(isText: true);
        var options = TinyData.Options(_folder) with
        {
            Epochs = 2,
            UserIdBuckets = 64,
            UserHidden = [12, 8],
            ItemHidden = [8],
            Tasks = ["like", "save"],
            Histories = ["save"],
        };

        TinyData.Train(dataset, options);

        using var model = TrainedModel.Load(_folder);
        Assert.Equal(["like", "save"], model.UserTower.Tasks);
        Assert.True(model.Items.IsText);
        Assert.DoesNotContain(model.WeightTensors, t => t.Name == "user_tower.history.like.weight");
        foreach (var (name, tensor) in model.WeightTensors)
        {
            bool moved = tensor.Type != Argent.Tensors.ElementType.F32 || tensor.As<float>().ToArray().Any(x => x != 0);
            Assert.True(moved, name + " is zero");
        }
    }

    [Fact]
    public void Items_without_events_have_no_id_embedding()
    {
        var dataset = TinyData.Create();
        TinyData.Train(dataset, TinyData.Options(_folder) with { Epochs = 1 });

        using var model = TrainedModel.Load(_folder);

        for (int item = 0; item < dataset.Items.Count; item++)
        {
            if (TinyData.IsNew(item)) Assert.Equal(-1, model.Items.Find(dataset.Items.Ids.Text(item)));
        }
    }

    [Fact]
    public void An_unknown_name_is_an_error_that_offers_the_nearest()
    {
        var dataset = TinyData.Create();
        var options = TinyData.Options(_folder);

        var task = Assert.Throws<ArgumentException>(() => TinyData.Train(dataset, options with { Tasks = ["saev"] }));
        var feature = Assert.Throws<ArgumentException>(() => TinyData.Train(dataset, options with { ItemFeatures = ["goup"] }));
        var weight = Assert.Throws<ArgumentException>(
            () => TinyData.Train(dataset, options with { TaskWeights = new Dictionary<string, float> { ["lkie"] = 1 } }));

        Assert.Equal("The data set has no task 'saev'; it has save, like. Did you mean 'save'?", task.Message);
        Assert.Equal("The data set has no item feature 'goup'; it has group, year. Did you mean 'group'?", feature.Message);
        Assert.Equal("There is a weight for the task 'lkie'; the tasks are save, like. Did you mean 'like'?", weight.Message);
    }

    [Fact]
    public void An_option_out_of_range_is_an_error_that_says_the_range()
    {
        var error = Assert.Throws<ArgumentException>(
            () => TinyData.Train(TinyData.Create(), TinyData.Options(_folder) with { InputShare = 1.5f }));

        Assert.Equal("InputShare is 1.5; it may be between 0 and 1.", error.Message);
    }

    string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder, TrainedModel.WeightsFile))));
}
