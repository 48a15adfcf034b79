using System.Text.Json;
using Argent.Model;

namespace Argent.Training.Tests;

public sealed class OverArchTrainerTests(FinishedTowers finished) : IClassFixture<FinishedTowers>
{
    static readonly OverArchOptions _options = new()
    {
        Kind = "mlp",
        KindOptions = JsonDocument.Parse("""{ "projection": 4, "hidden": [8] }""").RootElement,
        Candidates = 30,
        Neighbours = 9,
        Ridge = 5,
        Epochs = 3,
        Patience = 100,
        BatchUsers = 20,
        Average = 0.8f,
        OtherTaskShare = 0.5f,
    };

    [Fact]
    public void Equal_seeds_write_equal_bytes_on_any_threads_and_other_seeds_do_not()
    {
        var files = new List<byte[]>();
        foreach (int threads in new[] { 1, 2, 3, 1 })
        {
            var towers = finished.Copy();
            finished.Train(towers, _options, threads);
            files.Add([.. Bytes(towers), .. File.ReadAllBytes(Path.Combine(towers.Out, TrainedModel.ModelFile))]);
        }
        var other = finished.Copy();
        finished.Train(other, _options with { Seed = 8 });

        Assert.All(files, file => Assert.Equal(files[0], file));
        Assert.NotEqual(Bytes(other), files[0][..(int)new FileInfo(Path.Combine(other.Out, TrainedModel.OverArchFile)).Length]);
    }

    [Fact]
    public void Training_over_an_earlier_OverArch_starts_anew_and_leaves_the_towers_as_they_are()
    {
        var (twice, once) = (finished.Copy(), finished.Copy());
        byte[] weights = File.ReadAllBytes(Path.Combine(once.Out, TrainedModel.WeightsFile));
        finished.Train(once, _options);
        finished.Train(twice, _options with { Seed = 99, Features = ["bias"] });
        finished.Train(twice, _options);

        Assert.Equal(Bytes(once), Bytes(twice));
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(twice.Out, TrainedModel.WeightsFile)));
    }

    [Theory]
    [InlineData("mlp", """{ "projection": 4, "hidden": [8] }""")]
    [InlineData("mol", """{ "userComponents": 2, "itemComponents": 2, "componentDim": 8, "gateHidden": 8, "dropout": 0.3 }""")]
    public void A_resumed_training_ends_with_the_bytes_of_an_uninterrupted_one(string kind, string options)
    {
        var how = _options with { Kind = kind, KindOptions = JsonDocument.Parse(options).RootElement, Epochs = 4 };
        var (whole, parts) = (finished.Copy(), finished.Copy());
        var expected = finished.Train(whole, how);
        finished.Train(parts, how with { Epochs = 2 });
        var resumed = finished.Train(parts, how with { Resume = true }, threads: 1);

        Assert.Equal(Bytes(whole), Bytes(parts));
        Assert.Equal(expected.Epochs.Select(e => e with { Seconds = 0 }), resumed.Epochs.Select(e => e with { Seconds = 0 }));
        Assert.Equal(4, expected.Epochs.Select(e => e.Loss).Distinct().Count());
        Assert.Equal(expected.BestEpoch, resumed.BestEpoch);
    }

    [Fact]
    public void A_checkpoint_of_other_options_is_an_error_that_says_so()
    {
        var towers = finished.Copy();
        finished.Train(towers, _options with { Epochs = 1 });
        foreach (var other in new[]
        {
            _options with { Ridge = 6 }, _options with { Features = ["bias"] },
            _options with { KindOptions = JsonDocument.Parse("""{ "projection": 0, "hidden": [8] }""").RootElement },
        })
        {
            var error = Assert.Throws<InvalidDataException>(() => finished.Train(towers, other with { Resume = true }));
            Assert.Contains("was written with other options", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_trained_is_loaded_and_its_report_says_what_it_was()
    {
        var towers = finished.Copy();
        var result = finished.Train(towers, _options);
        using var model = TrainedModel.Load(towers.Out);

        var config = model.Description.OverArch!;
        Assert.Equal(("mlp", 30), (config.Kind, config.Candidates));
        Assert.Equal(
            [
                "score.save", "score.like", "neighbours.save", "neighbours.like", "neighbourRoots.save", "neighbourRoots.like",
                "count.save", "count.like", "bias",
            ],
            config.Features);
        Assert.All(config.FeatureFactors!, factor => Assert.True(factor > 0 && float.IsFinite(factor)));
        Assert.True(result.Neighbours > 0);
        Assert.Equal(model.OverArch!.Neighbours!.Items.Count, result.Neighbours);
        Assert.Equal(model.OverArch.OverArch.Tensors.Sum(t => t.Tensor.Shape.Count), result.Weights);
        Assert.Equal(3, result.Epochs.Count);
        Assert.InRange(result.Users, 1, 89);
        string report = File.ReadAllText(Path.Combine(towers.Out, OverArchTrainer.ReportFile));
        Assert.Contains($"\"bestEpoch\": {result.BestEpoch}", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(OverArchOptions.Candidates), 1, "Candidates of the OverArch is 1; it may be 2 to 100,000.")]
    [InlineData(nameof(OverArchOptions.Neighbours), 0, "Neighbours of the OverArch is 0; it may be 1 to 4,096.")]
    [InlineData(nameof(OverArchOptions.Ridge), 0f, "Ridge of the OverArch is 0; it may be above 0.")]
    [InlineData(nameof(OverArchOptions.Ridge), float.PositiveInfinity, "Ridge of the OverArch is Infinity; it may be above 0.")]
    [InlineData(nameof(OverArchOptions.Ridge), float.NaN, "Ridge of the OverArch is NaN; it may be above 0.")]
    [InlineData(nameof(OverArchOptions.Epochs), 0, "Epochs of the OverArch is 0; it may be 1 to 10,000.")]
    [InlineData(nameof(OverArchOptions.Patience), 0, "Patience of the OverArch is 0; it may be 1 or more.")]
    [InlineData(nameof(OverArchOptions.BatchUsers), 0, "BatchUsers of the OverArch is 0; it may be 1 to 65,536.")]
    [InlineData(nameof(OverArchOptions.LearningRate), -1f, "LearningRate of the OverArch is -1; it may be above 0.")]
    [InlineData(nameof(OverArchOptions.WeightDecay), 1000f, "WeightDecay of the OverArch is 1000; it may be 0 to 1 / learningRate.")]
    [InlineData(nameof(OverArchOptions.Average), 1f, "Average of the OverArch is 1; it may be 0 to below 1.")]
    [InlineData(nameof(OverArchOptions.OtherTaskShare), float.NaN, "OtherTaskShare of the OverArch is NaN; it may be 0 to 1.")]
    public void Options_out_of_range_are_refused_in_a_sentence(string name, object value, string says)
    {
        var wrong = _options with { };
        typeof(OverArchOptions).GetProperty(name)!.SetValue(wrong, value);
        var towers = finished.Copy();
        var error = Assert.Throws<ArgumentException>(() => finished.Train(towers, wrong));
        Assert.Equal(says, error.Message);
        Assert.False(File.Exists(Path.Combine(towers.Out, TrainedModel.OverArchFile)));
    }

    [Fact]
    public void An_unknown_kind_or_feature_is_refused_with_what_is_known_and_the_nearest_name()
    {
        var towers = finished.Copy();
        var kind = Assert.Throws<InvalidDataException>(() => finished.Train(towers, _options with { Kind = "mpl" }));
        Assert.Contains("kind 'mpl', which this program does not know", kind.Message, StringComparison.Ordinal);
        Assert.Contains("attention, mlp, mol", kind.Message, StringComparison.Ordinal);
        Assert.EndsWith("Did you mean 'mlp'?", kind.Message, StringComparison.Ordinal);
        var feature = Assert.Throws<InvalidDataException>(
            () => finished.Train(towers, _options with { Features = ["neighbours.lik"] }));
        Assert.Contains("it computes score.save, score.like, neighbours.save", feature.Message, StringComparison.Ordinal);
        Assert.EndsWith("Did you mean 'neighbours.like'?", feature.Message, StringComparison.Ordinal);
        var twice = Assert.Throws<InvalidDataException>(() => finished.Train(towers, _options with { Features = ["bias", "bias"] }));
        Assert.Contains("twice", twice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Towers_that_kept_nothing_back_or_knew_other_items_are_refused()
    {
        var towers = finished.Copy();
        var none = Assert.Throws<ArgumentException>(
            () => finished.Train(towers with { ValidationUsers = 0, ScoredUsers = 0 }, _options));
        Assert.Contains("events that the towers kept back to validate, and there are none", none.Message, StringComparison.Ordinal);
        using var others = new FinishedTowersOfOtherItems();
        var items = Assert.Throws<ArgumentException>(() => finished.Train(others.Options, _options));
        Assert.Contains("were trained on other items than 'tiny' has", items.Message, StringComparison.Ordinal);
    }

    static byte[] Bytes(TrainOptions towers) => File.ReadAllBytes(Path.Combine(towers.Out, TrainedModel.OverArchFile));

    sealed class FinishedTowersOfOtherItems : IDisposable
    {
        readonly string _folder = Directory.CreateTempSubdirectory("argent-others-").FullName;

        public FinishedTowersOfOtherItems() => TinyData.Train(TinyData.Create(items: 90), Options);

        public TrainOptions Options => TinyData.Options(_folder) with { Epochs = 1 };

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
