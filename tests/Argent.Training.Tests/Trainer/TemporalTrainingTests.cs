using System.Security.Cryptography;
using Argent.Data;
using Argent.Model;

namespace Argent.Training.Tests;

public sealed class TemporalTrainingTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("argent-temporal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Kernels.AttentionWeighting.Softmax, 1)]
    [InlineData(Kernels.AttentionWeighting.Silu, 1)]
    [InlineData(Kernels.AttentionWeighting.Softmax, 2)]
    public void A_sequence_tower_learns_what_only_the_order_tells(Kernels.AttentionWeighting weighting, int blocks)
    {
        var dataset = TimedData.Walks();
        var options = TimedData.Options(_folder) with { SequenceWeighting = weighting, SequenceBlocks = blocks };

        double ordered = TrainedRecall(dataset, options with { Epochs = 30 });
        // Without the sequence nothing but the trend changes: the moments, the targets and the pooled history stay.
        double pooled = TrainedRecall(dataset, options with { Epochs = 30, SequenceLength = 0, TrendDays = 10_000 });

        Assert.True(ordered > 0.8, $"With the sequence Recall@1 is {ordered:0.00}.");
        Assert.True(pooled < 0.7, $"Without it is {pooled:0.00}, where chance between two neighbours gives 0.5.");
    }

    [Fact]
    public void Weights_are_equal_for_any_number_of_threads_and_after_a_resumed_training()
    {
        var dataset = TimedData.Walks();
        var options = TimedData.Options(_folder) with { Epochs = 3, TrendDays = 5, ValidationUsers = 100, Patience = 10 };
        var hashes = new List<string>();
        foreach (int threads in new[] { 1, 2, 3 })
        {
            TinyData.Train(dataset, options, threads);
            hashes.Add(Hash());
        }
        Directory.Delete(_folder, recursive: true);
        TinyData.Train(dataset, options with { Epochs = 1 });
        Assert.NotEqual(hashes[0], Hash());
        TinyData.Train(dataset, options with { Resume = true });

        Assert.All(hashes, hash => Assert.Equal(hashes[0], hash));
        Assert.Equal(hashes[0], Hash());
    }

    [Fact]
    public void What_everybody_takes_at_the_end_of_the_training_time_leads_and_what_was_forgotten_does_not()
    {
        // Items 0 .. 9 are taken in the first hundred days by ten events each, items 10 .. 19 in the last ten by five each.
        var (start, rows, times) = (new List<int> { 0 }, new List<int>(), new List<long>());
        for (int user = 0; user < 100; user++)
        {
            rows.AddRange([user % 10, 10 + (user % 10)]);
            times.AddRange([user * TimedData.Day, (user < 50 ? 110 + (user / 5) : 200) * TimedData.Day]);
            start.Add(rows.Count);
        }
        var events = new Interactions("watch", [.. start], [.. rows], [.. times]);
        var split = new SplitSpec("watch", SplitKind.Temporal, 0, 1, 7, 150 * TimedData.Day);
        TinyData.Train(TimedData.Create(events, split), TimedData.Options(_folder) with { SequenceLength = 0, TrendDays = 7, Epochs = 2 });

        using var model = TrainedModel.Load(_folder);

        var biases = model.WeightTensors.First(t => t.Name == "item_tower.bias").Tensor.As<float>();
        Assert.Equal(20, biases.Count);
        for (int item = 0; item < 10; item++) Assert.True(biases[item] + 2 < biases[item + 10], $"item {item}: {biases[item]}");
    }

    [Fact]
    public void Events_without_times_are_refused_by_the_task()
    {
        var dataset = TinyData.Create();

        var error = Assert.Throws<ArgumentException>(() => TinyData.Train(dataset, TinyData.Options(_folder) with { SequenceLength = 5 }));

        Assert.Equal("The task 'save' has no times, which a sequence or a trend needs.", error.Message);
    }

    double TrainedRecall(Dataset dataset, TrainOptions options)
    {
        TinyData.Train(dataset, options);
        var split = DatasetSplitter.Split(dataset);
        return ModelScores.Recall(ModelScores.Rank(_folder, dataset, split, "watch"), dataset, split, 1);
    }

    string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder, TrainedModel.WeightsFile))));
}
